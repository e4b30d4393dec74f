// The live stream of snapshots. It connects again by itself, and says when it has stopped.

const SILENT_MS = 3_000; // snapshots come every half second
const STUCK_MS = 10_000;
const AGAIN_MS = [500, 1_000, 2_000, 5_000];

export class Feed {
  // `onCatalogue(catalogue)` and `onBoard(state)` get what arrives.
  constructor(queue, { onCatalogue, onBoard }) {
    this.address = queue === null ? "/api/stream" : `/api/stream?queue=${encodeURIComponent(queue)}`;
    this.onCatalogue = onCatalogue;
    this.onBoard = onBoard;
    this.heardAt = null;
    this.triedAt = 0;
    this.failures = 0;
    this.connect();
    setInterval(() => this.watch(), 500);
    addEventListener("online", () => this.again());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.watch();
    });
  }

  // How long ago the last snapshot came, ms; null before the first.
  get silence() {
    return this.heardAt === null ? null : performance.now() - this.heardAt;
  }

  get lost() {
    return this.heardAt === null ? performance.now() > SILENT_MS : this.silence > SILENT_MS;
  }

  connect() {
    this.source?.close();
    clearTimeout(this.timer);
    this.timer = null;
    this.triedAt = performance.now();
    const source = new EventSource(this.address);
    this.source = source;
    source.addEventListener("catalogue", (event) => this.onCatalogue(JSON.parse(event.data)));
    source.addEventListener("board", (event) => {
      this.heardAt = performance.now();
      this.failures = 0;
      this.onBoard(JSON.parse(event.data));
    });
    source.addEventListener("error", () => this.later());
  }

  later() {
    if (this.timer !== null) return;
    this.source.close();
    const wait = AGAIN_MS[Math.min(this.failures, AGAIN_MS.length - 1)];
    this.failures += 1;
    // Many screens that lost the same server don't all come back in the same instant.
    this.timer = setTimeout(() => this.again(), wait * (0.75 + Math.random() / 2));
  }

  async again() {
    if (this.failures > 1 && (await mustSignIn())) {
      location.reload();
      return;
    }
    this.connect();
  }

  // A connection can hang without an error (a laptop that slept, a proxy): then a new one.
  watch() {
    const heard = Math.max(this.heardAt ?? 0, this.triedAt);
    if (this.timer === null && performance.now() - heard > STUCK_MS) this.later();
  }
}

async function mustSignIn() {
  try {
    const answer = await fetch("/api/wallboard", { method: "HEAD", cache: "no-store" });
    return answer.status === 401;
  } catch {
    return false; // unreachable: the next attempt tells
  }
}
