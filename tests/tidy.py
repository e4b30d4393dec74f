"""The house rules as functions over one file each: what they find is told as "line: reason".

`PYTHON_RULES` see a Python file as `Source`, `TEXT_RULES` any tracked text. tests/test_tidy.py
walks the tree with them, and plants one offence for each to show that it is found.
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from tests import tidy_imports

LONGEST_LINE = 100
LONGEST_FUNCTION = 45
LONGEST_FILE = 300
LONGEST_KPI = 60


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the project's root with slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text)

    @cached_property
    def lines(self) -> list[str]:
        """The lines, without their ends."""
        return self.text.splitlines()

    def inside(self, *folders: str) -> bool:
        """Whether the file lies under one of these folders."""
        return self.path.startswith(tuple(f"{folder}/" for folder in folders))

    @cached_property
    def comments(self) -> dict[int, str]:
        """Line (1 …) → the comment on it."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {token.start[0]: token.string for token in tokens if token.type == tokenize.COMMENT}

    def has_reason(self, line: int) -> bool:
        """Whether a comment in words stands on this line (1 …), the one above or the one below."""
        near = (self.comments.get(number, "") for number in (line - 1, line, line + 1))
        words = (re.findall(r"[^\W\d_]{2,}", DIRECTIVE.sub("", comment)) for comment in near)
        return any(len(found) >= 3 for found in words)


Rule = Callable[[Source], Iterator[str]]
DIRECTIVE = re.compile(
    r"#\s*(?:noqa\b(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore\b(?:\[[\w, -]*\])?)"
)


def imports_go_one_way(source: Source) -> Iterator[str]:
    """core <- kpis <- generate | simulator | adapters <- app <- cli, outside things at the rim."""
    for line, module in tidy_imports.imported(source.path, source.tree):
        if reason := tidy_imports.refused(source.path, module):
            yield f"{line}: {reason}"


# What needs a clock, the world outside or unseeded chance. Names as they are written in the code.
CLOCK = re.compile(
    r"time\.(?:time|monotonic|perf_counter|process_time)(?:_ns)?|time\.(?:localtime|gmtime)"
    r"|(?:datetime\.)?(?:datetime|date)\.(?:now|utcnow|today)"
)
OUTSIDE = {"open", "print", "input", "exec", "eval", "breakpoint", "__import__"}
# Path's own ways to a file, on any value.
FILE_METHODS = {"read_text", "write_text", "read_bytes", "write_bytes"}


def core_is_pure(source: Source) -> Iterator[str]:
    """No clock, file or unseeded chance in core and kpis; generate and simulator read no clock."""
    if not source.inside("streams/core", "streams/kpis", "streams/generate", "streams/simulator"):
        return
    strict = source.inside("streams/core", "streams/kpis")
    for call in _calls(source.tree):
        name = ast.unparse(call.func)
        if CLOCK.fullmatch(name):
            yield f"{call.lineno}: {name}() reads a clock; time is an argument"
        elif name.startswith("random.") and (name != "random.Random" or not call.args):
            yield f"{call.lineno}: {name}() is chance without a given seed"
        elif name == "print" or (strict and name in OUTSIDE):
            yield f"{call.lineno}: {name}() reaches outside"
        elif strict and name.rpartition(".")[2] in FILE_METHODS:
            yield f"{call.lineno}: {name}() touches a file"


def nothing_sleeps(source: Source) -> Iterator[str]:
    """time.sleep holds a loop, or hopes; streams/ waits for events instead."""
    if source.inside("streams"):
        for call in _calls(source.tree):
            if ast.unparse(call.func) in ("time.sleep", "sleep"):
                yield f"{call.lineno}: {ast.unparse(call)} holds the thread"


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def functions_are_short(source: Source) -> Iterator[str]:
    """A function fits on one screen."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield f"{node.lineno}: {node.name} has {length} lines, limit {LONGEST_FUNCTION}"


def files_are_short(source: Source) -> Iterator[str]:
    """One noun per file; one KPI per file, on one screen."""
    is_kpi = source.inside("streams/kpis") and "KPI" in _assigned(source.tree)
    limit = LONGEST_KPI if is_kpi else LONGEST_FILE
    if len(source.lines) > limit:
        yield f"1: {len(source.lines)} lines, limit {limit}"


def _assigned(tree: ast.Module) -> set[str]:
    targets: list[ast.expr] = []
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets += node.targets
        elif isinstance(node, ast.AnnAssign):
            targets.append(node.target)
    return {ast.unparse(target) for target in targets}


def lines_are_short(source: Source) -> Iterator[str]:
    """No line is cut off on a shared screen."""
    for number, line in enumerate(source.lines, 1):
        if len(line) > LONGEST_LINE:
            yield f"{number}: {len(line)} characters, limit {LONGEST_LINE}"


def modules_say_what_they_are(source: Source) -> Iterator[str]:
    """A docstring opens every file that has any code."""
    if source.tree.body and not ast.get_docstring(source.tree):
        yield "1: no docstring at the top"


def exceptions_to_checks_have_reasons(source: Source) -> Iterator[str]:
    """A silenced linter or type checker names the check and says why, beside it."""
    for number, comment in source.comments.items():
        if not DIRECTIVE.search(comment):
            continue
        if re.search(r"noqa(?!:)|type:\s*ignore(?!\[)", comment):
            yield f"{number}: silences every check; name the one"
        elif not source.has_reason(number):
            yield f"{number}: no reason beside it"


def broad_catches_have_reasons(source: Source) -> Iterator[str]:
    """Whoever catches everything says why nothing is lost by it."""
    broad = {"Exception", "BaseException"}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.ExceptHandler):
            caught = _names(node.type) or broad
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            caught = {ast.unparse(argument) for argument in node.args}
        else:
            continue
        if caught & broad and not source.has_reason(node.lineno):
            yield f"{node.lineno}: catches {', '.join(sorted(caught & broad))} without a reason"


def _names(kind: ast.expr | None) -> set[str]:
    if kind is None:
        return set()
    parts = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return {ast.unparse(part) for part in parts}


PYTHON_RULES: tuple[Rule, ...] = (
    imports_go_one_way,
    core_is_pure,
    nothing_sleeps,
    functions_are_short,
    files_are_short,
    lines_are_short,
    modules_say_what_they_are,
    exceptions_to_checks_have_reasons,
    broad_catches_have_reasons,
)

# Written in pieces, so that this file holds none of what it looks for.
UNFINISHED = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b")
REGISTRY = re.compile(
    "|".join(
        re.escape(".".join(parts))
        for parts in (
            ("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"), ("npmjs", "org"),
            ("crates", "io"), ("proxy", "golang"), ("repo", "maven"), ("repo1", "maven"),
            ("deb", "debian", "org"), ("security", "debian", "org"),
        )
    )
)  # fmt: skip
MACHINE = re.compile(r"(?<![\w.$}])/(?:work|root|home|tmp|opt/wheels)(?=[/\s\"'`),;:]|$)")


def nothing_is_unfinished(text: str) -> Iterator[str]:
    """What is left to do stands in an issue, not in the tree."""
    yield from _found(UNFINISHED, text, "is a note to oneself")


def names_no_registry(text: str) -> Iterator[str]:
    """Packages come from wherever the reader's own tools are told to look."""
    yield from _found(REGISTRY, text, "is the host of a package registry")


def names_no_machine(text: str) -> Iterator[str]:
    """No path of the machine on which the file happened to be written."""
    yield from _found(MACHINE, text, "is a path of one machine")


def _found(pattern: re.Pattern[str], text: str, reason: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), 1):
        if match := pattern.search(line):
            yield f"{number}: {match[0]} {reason}"


TEXT_RULES = (nothing_is_unfinished, names_no_registry, names_no_machine)
