// Says that the token was not the right one.

document.getElementById("again").hidden = !location.search.includes("again");
