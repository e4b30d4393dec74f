"""`vigie generate [--check]`: writes, or only compares, every file derived from the KPIs."""

from pathlib import Path

import click

from streams.cli.options import NO, Failure
from streams.generate import GENERATED, MARK, WITH_SECTIONS, files, filled, sections
from streams.kpis import CATALOGUE


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; end with 1 when a file would change.")
@click.option(
    "--root",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=".",
    help="The project's root instead of the working directory.",
)
@click.pass_context
def generate(context: click.Context, check: bool, root: Path) -> None:
    """Write rules, rule tests, dashboards and pages anew from the KPI declarations.

    Ends with 0 when all is done (with --check: nothing differs), 1 when --check finds a
    difference, 2 when a file can't be read or written.
    """
    if not (root / "alerts").is_dir() or not (root / "dashboards").is_dir():
        raise Failure(
            f"{root.resolve()}: no alerts/ and dashboards/ here; run it in the project's root, "
            "or name it with --root"
        )
    derived = files(CATALOGUE)
    try:
        derived |= _documents(root)
        changed = [name for name, text in derived.items() if _differs(root / name, text)]
        left_over = [name for name in _marked(root) if name not in derived]
        if not check:
            _write(root, {name: derived[name] for name in changed}, left_over)
    except (OSError, ValueError) as error:
        raise Failure(f"could not read or write a derived file: {error}") from error
    for name in changed:
        click.echo(f"{'differs' if check else 'written'}: {name}")
    for name in left_over:
        click.echo(f"{'left over' if check else 'removed'}: {name}")
    if not changed and not left_over:
        click.echo(f"{len(derived)} derived files are as the declarations say")
    elif check:
        click.echo("run `vigie generate` and commit what it writes")
        context.exit(NO)


def _documents(root: Path) -> dict[str, str]:
    """Documents with their derived sections written anew."""
    parts = sections(CATALOGUE)
    return {
        name: filled((root / name).read_text(encoding="utf-8"), parts)
        for name in WITH_SECTIONS
        if (root / name).is_file()
    }


def _differs(path: Path, text: str) -> bool:
    return not path.is_file() or path.read_bytes() != text.encode()


def _marked(root: Path) -> list[str]:
    """Files in the derived folders that carry the mark."""
    found = (path for folder in GENERATED for path in sorted((root / folder).glob("*.*")))
    return [
        path.relative_to(root).as_posix()
        for path in found
        if path.is_file() and MARK in path.read_text(encoding="utf-8")[:4096]
    ]


def _write(root: Path, texts: dict[str, str], left_over: list[str]) -> None:
    for name, text in texts.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    for name in left_over:
        (root / name).unlink()
