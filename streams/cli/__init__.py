"""The command `vigie`: one file per verb."""
