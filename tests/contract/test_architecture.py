"""What holds over the whole tree: sizes, safety, and that the documents match the code."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("columnist", "pipelines", "steps", "materializers", "webapp")
SOURCES = sorted([ROOT / "run.py", *(path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))])
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LINES = 450


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(kind: type) -> list[tuple[str, ast.AST]]:
    """All syntax nodes of a kind in the sources, each with where it is."""
    return [(f"{relative(path)}:{node.lineno}", node) for path in SOURCES for node in _walk(path, kind)]


def imported(path: Path) -> set[str]:
    """The top-level names of all packages that a file imports, also inside functions."""
    names = {alias.name.split(".")[0] for node in _walk(path, ast.Import) for alias in node.names}
    return names | {node.module.split(".")[0] for node in _walk(path, ast.ImportFrom) if node.module and not node.level}


def _walk(path: Path, kind: type) -> list:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kind)]


def test_there_are_sources_and_tests():
    assert len(SOURCES) > 80
    assert len([path for path in TESTS if path.name.startswith("test_")]) > 30


def test_no_file_is_too_long():
    lengths = {relative(path): len(path.read_text().splitlines()) for path in [*SOURCES, *TESTS]}
    assert {name: length for name, length in lengths.items() if length > LINES} == {}


def test_no_function_is_too_long():
    lengths = {
        f"{place} {node.name}": node.end_lineno - node.lineno + 1 - len((ast.get_docstring(node) or "").splitlines())
        for place, node in nodes(ast.FunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > 50} == {}


def test_no_except_is_broad():
    """``BaseException`` is allowed where the handler raises it again."""
    assert [place for place, handler in nodes(ast.ExceptHandler) if _is_broad(handler)] == []


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if any(isinstance(line, ast.Raise) and line.exc is None for line in handler.body):
        return False
    names = {name.id for name in ast.walk(handler.type or handler) if isinstance(name, ast.Name)}
    return handler.type is None or bool(names & {"Exception", "BaseException"})


def test_code_of_a_model_is_never_run():
    """transformers runs none by default; that default is not relied on, except for GGUF, which carries no code."""
    offenders, loaders = [], 0
    for place, call in nodes(ast.Call):
        keywords = {keyword.arg: keyword.value for keyword in call.keywords}
        trust = keywords.get("trust_remote_code")
        if trust is not None and not (isinstance(trust, ast.Constant) and trust.value is False):
            offenders.append(place)
        if re.fullmatch(r"Auto\w+\.from_pretrained", ast.unparse(call.func)):
            loaders += 1
            if not {"trust_remote_code", "gguf_file"} & set(keywords):
                offenders.append(place)
    assert offenders == []
    assert loaders >= 4


def test_no_pickle_is_opened_and_no_text_is_run():
    pickling = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    assert [relative(path) for path in SOURCES if imported(path) & pickling] == []
    refused = {"torch.load", "torch.save", "yaml.unsafe_load", "yaml.full_load", "eval", "exec"}
    assert [place for place, call in nodes(ast.Call) if ast.unparse(call.func) in refused] == []


def test_yaml_is_loaded_safely():
    # The base loaders make strings, lists and mappings, and nothing else.
    safe = {"_Loader", "yaml.SafeLoader", "yaml.CSafeLoader", "yaml.CBaseLoader"}
    loads = [(place, call) for place, call in nodes(ast.Call) if ast.unparse(call.func) == "yaml.load"]
    given = {place: {ast.unparse(a) for a in [*c.args[1:], *(k.value for k in c.keywords)]} for place, c in loads}
    assert {place: loaders for place, loaders in given.items() if not loaders or loaders - safe} == {}


def test_no_module_is_a_drawer():
    drawers = {"utils", "util", "helpers", "helper", "common", "misc"}
    assert [relative(path) for path in SOURCES if drawers & {path.stem, path.parent.name}] == []


def test_every_module_opens_with_what_it_is_for():
    first = {relative(p): (ast.get_docstring(ast.parse(p.read_text())) or "").partition("\n")[0] for p in SOURCES}
    assert {name: line for name, line in first.items() if not line.endswith((".", ":"))} == {}


def test_the_environment_is_read_for_places_and_secrets_only():
    """No variable switches behaviour or approves anything."""
    read = {name for path in SOURCES for name in re.findall(r"environ(?:\.get\(|\[)\"(\w+)\"", path.read_text())}
    places = {"COLUMNIST_HOME", "COLUMNIST_CACHE", "MLFLOW_TRACKING_URI", "ZENML_STORE_URL"}
    assert read == places | {"COLUMNIST_TEACHER_API_KEY"}


def test_the_imported_packages_are_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    declared = {re.match(r"[\w-]+", line).group().lower().replace("-", "_") for lines in lists for line in lines}
    # Names that differ from their distribution's, and what comes with a declared one.
    known = {
        "argon2": "argon2_cffi",
        "yaml": "pyyaml",
        "huggingface_hub": "transformers",
        "pandas": "mlflow",
        "tokenizers": "transformers",
        "sklearn": "scikit_learn",
        "starlette": "fastapi",
    }
    own = {*sys.stdlib_module_names, *PACKAGES}
    used = {name for path in SOURCES for name in imported(path)} - own
    assert {known.get(name, name) for name in used} - declared == set()


def test_no_test_folder_is_a_package():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_the_names_of_test_files_are_unique():
    names = [path.name for path in TESTS if path.name != "conftest.py"]
    assert len(set(names)) == len(names)


def test_the_glossary_is_tables_of_one_meaning_per_word():
    words = []
    for line in (ROOT / "docs" / "glossary.md").read_text().splitlines():
        if not line.startswith("|") or line in ("| word | meaning |", "|---|---|"):
            continue
        assert "**" not in line
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert len(cells) == 2, line
        assert all(cells), line
        words += cells[0].split(", ")
    assert len(words) > 40
    assert len(set(words)) == len(words)


def test_decisions_are_numbered_and_short():
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [path.name[:4] for path in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    assert all(len(path.read_text().splitlines()) <= 70 for path in decisions)


def test_code_and_documents_name_only_documents_that_exist():
    pages = [*SOURCES, *ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "configs").rglob("*.yaml")]
    for page in pages:
        for name in re.findall(r"(?<![\w/])docs/[\w/-]+\.md", page.read_text()):
            assert (ROOT / name).exists(), f"{page.relative_to(ROOT)} names {name}"


def test_the_tree_in_the_readme_is_there():
    readme = (ROOT / "README.md").read_text()
    trees = [block for block in re.findall(r"```\w*\n(.*?)```", readme, re.DOTALL) if "run.py  " in block]
    assert trees, "README.md has no annotated tree"
    assert not [path for path in _tree_paths(trees[0]) if not (ROOT / path).exists()]


def _tree_paths(tree: str) -> list[str]:
    """Return the paths of an indented tree: a name, two spaces or more, what it is for."""
    paths, parents = [], []
    for line in tree.splitlines():
        match = re.match(r"^([\s│├└─]*)([\w.][\w./{},-]*)(\s{2,}|$)", line)
        if not match:
            continue
        indent, name = len(match.group(1)), match.group(2)
        parents = [(depth, folder) for depth, folder in parents if depth < indent]
        path = "".join(folder for _, folder in parents) + name
        if name.endswith("/"):
            parents.append((indent, name))
        braces = re.search(r"\{(.*?)\}", path)
        paths += [path.replace(braces.group(), part) for part in braces.group(1).split(",")] if braces else [path]
    return paths


def test_paths_are_read_from_a_tree():
    tree = (
        "run.py      click\nconfigs/  one\n  train/{smoke,full}.yaml\ncolumnist/\n├── ddl/   reads\n│   └── a.py  x\n"
    )
    assert _tree_paths(tree) == [
        "run.py",
        "configs/",
        "configs/train/smoke.yaml",
        "configs/train/full.yaml",
        "columnist/",
        "columnist/ddl/",
        "columnist/ddl/a.py",
    ]


def test_nothing_that_is_made_is_tracked():
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this is no git checkout")
    made = re.compile(r"\.(safetensors|gguf|bin|pt|pkl|db|sqlite|pyc)$|(^|/)(mlruns|\.columnist|\.zen)/")
    # But for the adapter that comes with the product.
    names = [name for name in done.stdout.splitlines() if not name.startswith("columnist/adapters/")]
    assert not [name for name in names if made.search(name)]
