import eslint from "@eslint/js";
import jsdoc from "eslint-plugin-jsdoc";
import tseslint from "typescript-eslint";

/** Functions whose last bit differs between JavaScript engines; src/base/elementary.ts has ours. */
const engineDependentMath = [
  "acos",
  "acosh",
  "asin",
  "asinh",
  "atan",
  "atan2",
  "atanh",
  "cbrt",
  "cos",
  "cosh",
  "exp",
  "expm1",
  "hypot",
  "log",
  "log10",
  "log1p",
  "log2",
  "pow",
  "sin",
  "sinh",
  "tan",
  "tanh",
];
const pureRooms =
  "src/{base,diagnostics,engine,stats,hardware,workload,cluster,kaito,performance,policy,simulation,scenario}/**/*.ts";

const restrictedMath = engineDependentMath.map((property) => ({
  object: "Math",
  property,
  message: `Math.${property} differs between engines: use ${property} from src/base/elementary.ts.`,
}));

/** What would make a run depend on the machine, the hour or the engine. */
const reproducible = [
  {
    selector: "BinaryExpression[operator='**']",
    message: "** differs between engines: use pow from src/base/elementary.ts.",
  },
  {
    selector: "AssignmentExpression[operator='**=']",
    message: "**= differs between engines: use pow from src/base/elementary.ts.",
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: "Pure rooms read no wall clock.",
  },
  {
    selector: "CallExpression[callee.property.name=/^(toLocale|localeCompare)/]",
    message: "Locale-dependent: compare code units instead.",
  },
  {
    selector: "VariableDeclarator[init.type='Identifier'][init.name='Math']",
    message: "Destructuring Math hides engine-dependent functions.",
  },
];

/** What of the pure rooms waits: a trace arrives in pieces. */
const waiting = ["src/workload/read-trace.ts"];
const synchronous = [":function[async=true]", "AwaitExpression", "Identifier[name='Promise']"].map(
  (selector) => ({
    selector,
    message: "This room computes and never waits: take what was awaited as an argument.",
  }),
);

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", "reports/**", "coverage/**", "test/golden/**"] },
  eslint.configs.recommended,
  ...tseslint.configs.strict,
  {
    // Only the rules below that need types pay for them; tests and scripts have none of these.
    files: ["src/**/*.ts"],
    ignores: ["src/**/*.test.ts"],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
  },
  {
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off", // typed arrays under noUncheckedIndexedAccess
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
      "@typescript-eslint/no-dynamic-delete": "off",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      eqeqeq: "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    ignores: ["src/**/*.test.ts"],
    plugins: { jsdoc },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "jsdoc/require-jsdoc": [
        "error",
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true },
          contexts: ["TSInterfaceDeclaration", "TSTypeAliasDeclaration"],
        },
      ],
    },
  },
  {
    files: [pureRooms],
    ignores: ["src/**/*.test.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        ...restrictedMath,
        { object: "Math", property: "random", message: "Use a named stream of the run's seed." },
        {
          object: "Date",
          property: "now",
          message: "Use engine.nowS: pure rooms read no wall clock.",
        },
      ],
      "no-restricted-syntax": ["error", ...reproducible],
      "no-restricted-globals": [
        "error",
        "process",
        "performance",
        "setTimeout",
        "setInterval",
        "console",
        "Intl",
        "fetch",
        "crypto",
        "Buffer",
      ],
    },
  },
  {
    // Where no promise can arise none can be left alone, which spares the types of 1,000 files.
    files: [pureRooms],
    ignores: ["src/**/*.test.ts", ...waiting],
    rules: {
      "@typescript-eslint/no-floating-promises": "off",
      "@typescript-eslint/no-misused-promises": "off",
      "no-restricted-syntax": ["error", ...reproducible, ...synchronous],
    },
  },
  {
    files: ["**/*.test.ts", "test/**/*.ts", "bench/**/*.ts", "scripts/**"],
    rules: { "max-lines-per-function": "off", "no-console": "off" },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        module: "writable",
        URL: "readonly",
        performance: "readonly",
      },
    },
  },
);
