import js from "@eslint/js";
import tseslint from "typescript-eslint";

const node = {
  console: "readonly",
  process: "readonly",
  URL: "readonly",
  performance: "readonly",
  setTimeout: "readonly",
  WebAssembly: "readonly",
};

export default tseslint.config(
  {
    ignores: [
      "dist/**",
      "out/**",
      "node_modules/**",
      ".shims/**",
      "notebooks/**",
      "test/fixtures/**",
      "kernel/compiler/lib/**",
      "src/backend/simd/assembly/**",
      ".venv/**",
    ],
  },
  js.configs.recommended,
  {
    rules: {
      // Of a file's URL it is no path: a space in it is %20, and on Windows it begins with a slash.
      "no-restricted-properties": ["error", { property: "pathname", message: "Of a file it is fileURLToPath(url)." }],
    },
  },
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { project: "./.config/tsconfig.test.json", tsconfigRootDir: `${import.meta.dirname}/..` },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  { files: ["**/*.{js,mjs,cjs}"], languageOptions: { globals: node } },
);
