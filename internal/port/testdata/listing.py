"""Lists what Python's own parser finds in a definitions.py: qualified name, kind, line, traps, asserts."""
import ast
import sys


def listing(tree):
    rows, seen = [], {}

    def unique(name):
        seen[name] = seen.get(name, 0) + 1
        return name if seen[name] == 1 else f"{name}#{seen[name]}"

    def visit(node, owner):
        for child in ast.iter_child_nodes(node):
            inner = owner
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                kind = "class" if isinstance(child, ast.ClassDef) else "func"
                prefix = "" if owner is None else owner["name"] + "."
                inner = {"name": unique(prefix + child.name), "kind": kind, "line": child.lineno, "sites": []}
                rows.append(inner)
            elif isinstance(child, ast.Assert):
                site(owner, child, "assert")
            elif isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id in ("trap", "trap_if"):
                site(owner, child, "trap")
            visit(child, inner)

    def site(owner, node, kind):
        (owner["sites"] if owner else module).append([node.lineno, node.col_offset, kind])

    module = []
    visit(tree, None)
    if module:
        rows.append({"name": "<module>", "kind": "module", "line": module[0][0], "sites": module})
    for row in sorted(rows, key=lambda row: row["line"]):
        sites = " ".join(f"{kind}:{line}" for line, _, kind in sorted(row["sites"]))
        print(row["name"], row["kind"], row["line"], sites, sep="\t")


listing(ast.parse(open(sys.argv[1]).read()))
