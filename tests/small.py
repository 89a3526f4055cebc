"""A small repository for tests: two chapters over a package that holds one number."""

import json
import shutil
from pathlib import Path

from records import record

ROOT = Path(__file__).resolve().parents[1]
CHAPTER = '''# %% [markdown]
# # A chapter
#
# ```{{prf:lemma}} A lemma
# :label: {claim}
# $1 \\le 2$.
# ```
#
# {more}

# %%
import json
import os
from pathlib import Path

import resnet_lab

record = json.loads("""{record}""")
record["measured"] = resnet_lab.VALUE
file = Path(os.environ["RESNET_LAB_LEDGER"], "{file}")
_ = file.write_text(json.dumps({{"chapter": "{chapter}", "records": [record]}}))

# %%
print("verdict", record["id"], resnet_lab.VALUE)
{code}
'''


def write_chapter(root, chapter, claim, more="", code=""):
    text = CHAPTER.format(claim=claim, chapter=chapter, file=chapter.replace("/", "--") + ".json", more=more, code=code,
                          record=json.dumps(record(id=claim, chapter=chapter)))  # fmt: skip
    (root / "book" / f"{chapter}.py").write_text(text)


def repository_in(root):
    """Write the repository into an empty folder."""
    for name in ("book/part", "resnet_lab"):
        (root / name).mkdir(parents=True)
    for name in ("_config.yml", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root)
    for name in ("_ext", "_static"):
        shutil.copytree(ROOT / "book" / name, root / "book" / name)
    (root / "book" / "references.bib").write_text("")
    (root / "resnet_lab" / "__init__.py").write_text("VALUE = 1.0\n")
    (root / "book" / "index.md").write_text("# Start\n")
    listed = "".join(f"- file: book/{name}\n" for name in ("part/one", "part/two", "atlas"))
    (root / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{listed}")
    write_chapter(root, "part/one", "zhang22.lem2")
    write_chapter(root, "part/two", "du18.lemA.1")
    return root
