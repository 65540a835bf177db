"""Jupyter's conformance suite (jupyter_kernel_test) for this kernel: every sample filled in, so that no test is skipped.

Needs a kernelspec named "longtail" on JUPYTER_PATH. Prints one JSON object: outcome of each test, and the text of failures.
"""

import json
import sys
import unittest

import jupyter_kernel_test


class Conformance(jupyter_kernel_test.KernelTests):
    kernel_name = "longtail"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("oops")'
    completion_samples = [
        {"text": "const zebra = 1; zeb", "matches": {"zebra"}},
        {"text": "Math.cei", "matches": {"ceil"}},
        {"text": "process.argv0.toLow", "matches": {"toLowerCase"}},
        {"text": "[1].findLas", "matches": {"findLast", "findLastIndex"}},
    ]
    complete_code_samples = [
        "1",
        "const x = 1;",
        "function f() { return 1 }",
        "for (const x of [1]) {\n  console.log(x);\n}",
        "`a ${1} b`",
        "// a comment",
        "await Promise.resolve(1)",
        "if (1) 2\n",
        "class A {}",
        "Math.max?",
    ]
    incomplete_code_samples = [
        "function f() {",
        "const x =",
        "[1, 2,",
        "`unterminated\ntemplate",
        "/* comment",
        "f(",
        "if (x",
        "class A {\n  m() {",
    ]
    invalid_code_samples = ["const = 1", "1 2", "}", "function 1() {}", 'const s = "abc\n";']
    code_page_something = "Math.max?"
    code_generate_error = 'throw new Error("on purpose")'
    code_execute_result = [
        {"code": "1 + 1", "result": "2"},
        {"code": "[1, 2].map((x) => x * 2)", "result": "[ 2, 4 ]"},
        {"code": 'await Promise.resolve("done")', "result": "'done'"},
        {"code": '({ "text/html": "<b>bold</b>" })', "result": "<b>bold</b>", "mime": "text/html"},
    ]
    code_display_data = [
        {"code": 'import { display } from "tslab"; display.html("<b>bold</b>")', "mime": "text/html"},
        {"code": 'display.svg("<svg></svg>")', "mime": "image/svg+xml"},
    ]
    code_history_pattern = "1 +*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.max"
    code_clear_output = "console.clear()"


class Results(unittest.TestResult):
    """Outcomes by name; sub-tests count by themselves."""

    def __init__(self):
        super().__init__()
        self.outcomes = {}
        self.texts = []

    def note(self, test, outcome, text=""):
        name = test.id().split(".")[-1] if "(" not in test.id() else ".".join(test.id().split(".")[2:])
        self.outcomes[name] = outcome
        if text:
            self.texts.append(f"{name}: {text}")

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test, "ok")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped", reason or "skipped")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "failed", self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "failed", self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note(subtest, "failed", str(err[1]))


results = Results()
unittest.defaultTestLoader.loadTestsFromTestCase(Conformance).run(results)
version = jupyter_kernel_test.__version__
json.dump({"version": version, "outcomes": results.outcomes, "texts": results.texts}, sys.stdout)
