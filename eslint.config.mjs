// @ts-check
import tseslint from 'typescript-eslint';

/**
 * The layers of DESIGN.md section 2, in the order the data flows: `core` layers may import those above them and nothing else (no vscode, no Node, no DOM).
 * The others name what they may import. Each folder is entered through its index.ts; OPEN_FILES, types only, may be imported by all.
 */
const CORE = ['model', 'evidence', 'lineage', 'store', 'hunt', 'triage', 'case', 'report', 'engine'];
const EDGES = {
  server: { may: ['model', 'hunt', 'engine'] },
  node: { may: [...CORE, 'server'] },
  extension: { may: [...CORE, 'node', 'server'], vscode: true, webview: true },
  cli: { may: [...CORE, 'node'] },
};
const LAYERS = [...CORE, ...Object.keys(EDGES)];
const OPEN_FILES = ['engine/requests'];

const NODE_BUILTINS = '^(node:.*|assert|buffer|child_process|crypto|events|fs|http|https|net|os|path|stream|url|util|worker_threads|zlib)(/.*)?$';
const HOST_GLOBALS = [
  'window',
  'document',
  'navigator',
  'localStorage',
  'process',
  'Buffer',
  'require',
  'setImmediate',
  '__dirname',
  '__filename',
  'fetch',
  'Worker',
  'acquireVsCodeApi',
];

/** @param {string[]} layers  matches an import of one of them, from any depth, unless it is an open file */
const into = (layers) => `^(\\.\\./)+(src/)?(?!(${OPEN_FILES.join('|')})\\.js$)(${layers.join('|')})/`;
const forbid = (/** @type {string} */ regex, /** @type {string} */ message) => ({ regex, message });

function bordersOf(/** @type {string} */ layer, /** @type {readonly string[]} */ may, { vscode = false, webview = false } = {}) {
  const others = LAYERS.filter((each) => each !== layer);
  const closed = others.filter((each) => !may.includes(each));
  return [
    ...(closed.length > 0 ? [forbid(into(closed), `${layer}/ may import only: ${may.join(', ') || 'nothing'} (DESIGN.md section 2).`)] : []),
    forbid(`${into(others)}(?!index\\.js$)`, 'A folder is imported through its index.ts.'),
    ...(vscode ? [] : [forbid('^vscode$', 'Only src/extension/ touches VS Code.')]),
    ...(webview
      ? [forbid('^(\\.\\./)+webview/(?!shared/)', 'Of the page, only the protocol is shared.')]
      : [forbid('^(\\.\\./)+webview/', `${layer}/ knows nothing of the page.`)]),
  ];
}

const rules = (/** @type {ReturnType<typeof bordersOf>} */ patterns, /** @type {string[]} */ globals = []) => ({
  'no-restricted-imports': /** @type {const} */ (['error', { patterns }]),
  ...(globals.length > 0
    ? {
        'no-restricted-globals': /** @type {any} */ ([
          'error',
          ...globals.map((name) => ({ name, message: 'The core knows no host: take it as an argument.' })),
        ]),
      }
    : {}),
});

const borders = [
  ...CORE.map((layer, at) => ({
    files: [`src/${layer}/**/*.ts`],
    rules: rules(
      [...bordersOf(layer, CORE.slice(0, at)), forbid(NODE_BUILTINS, 'The core uses no Node built-in: it comes in as an argument from src/node/.')],
      HOST_GLOBALS,
    ),
  })),
  ...Object.entries(EDGES).map(([layer, { may, ...more }]) => ({ files: [`src/${layer}/**/*.ts`], rules: rules(bordersOf(layer, may, more)) })),
  {
    files: ['webview/**/*.ts'],
    rules: rules([
      forbid('^vscode$|' + NODE_BUILTINS, 'The page has neither VS Code nor Node.'),
      forbid('^(\\.\\./)+src/(?!model/index\\.js$|engine/requests\\.js$)', 'The page knows the model and the engine’s requests, nothing else.'),
      forbid('^@vscode/webview-ui-toolkit', 'The toolkit is imported in webview/shared/toolkit.ts only, so that another kit is a change of one file.'),
    ]),
  },
  {
    files: ['webview/shared/toolkit.ts'],
    rules: rules([
      forbid('^vscode$|' + NODE_BUILTINS, 'The page has neither VS Code nor Node.'),
      forbid('^(\\.\\./)+src/', 'The toolkit needs nothing of ours.'),
    ]),
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'out/', 'coverage/', 'node_modules/', 'test-results/', '.vscode-test/', 'test/fixtures/', 'test/integration/workspace/', 'examples/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['src/model/platform.d.ts'] }, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-condition': 'off', // typed arrays read with an index are `number | undefined` here
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/unbound-method': 'off', // our objects are closures: their functions use no `this`
      eqeqeq: 'error',
      'require-yield': 'error',
      'no-empty': 'error',
      'no-console': 'error',
      'no-control-regex': 'error', // evidence holds control characters: where we look for them, the line says so
      'no-misleading-character-class': 'error',
      'prefer-const': 'error',
      'no-throw-literal': 'off',
    },
  },
  { files: ['src/cli/**/*.ts', 'test/**/*.ts'], rules: { 'no-console': 'off' } },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/require-await': 'off', '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['**/*.{mjs,cjs}'], rules: { 'no-unused-vars': 'error', 'prefer-const': 'error', eqeqeq: 'error', 'no-empty': 'error' } },
  ...borders,
);
