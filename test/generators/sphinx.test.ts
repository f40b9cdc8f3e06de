import {describe, expect, test} from 'vitest'
import {rulesOf} from '../../src/generators/index.ts'
import {pageIn} from '../support/generated-page.ts'
import {siteIn} from '../support/memory-project.ts'
import {addressesIn, anchorsIn, navigationIn} from '../support/site-pages.ts'

const files = {
  'docs/conf.py': [
    "project = 'Kettle'  # not 'Pot'",
    'version: str = "4.2"',
    "extensions = ['myst_parser']",
    "html_baseurl = 'https://kettle.example/en/latest/'",
    "language = 'de'",
    'exclude_patterns = [',
    "    '_build',  # 'kept.md'",
    '    "**/parts/*.md",',
    ']',
    "myst_substitutions = {'role': '[role](#roles)', 'many': ['x'],",
    '  "maker": "The Kettle Company"}',
  ].join('\n'),
  'docs/index.md':
    '# Kettle\n\n```{toctree}\n:caption: "First steps"\n\nsetup/index\nThe words <glossary>\nhttps://other.example\n```\n',
  'docs/setup/index.md': '# Setup\n\n:::{toctree}\non-linux.md\n/kept\n:::\n',
  'docs/setup/on-linux.md': 'Text.',
  'docs/glossary.md': '---\nnosearch: true\n---\nText.',
  'docs/README.md': 'Text.',
  'docs/kept.md': 'Text.',
  'docs/_build/a.md': 'Text.',
  'docs/deep/parts/b.md': 'Text.',
}

describe('a Sphinx project', () => {
  test('has the addresses and pages that conf.py says', () => {
    expect(addressesIn(files)).toEqual({
      'docs/index.md': '/en/latest/index.html',
      'docs/setup/index.md': '/en/latest/setup/index.html',
      'docs/setup/on-linux.md': '/en/latest/setup/on-linux.html',
      'docs/glossary.md': '(hidden)',
      'docs/README.md': '/en/latest/README.html',
      'docs/kept.md': '/en/latest/kept.html',
      'docs/_build/a.md': '(hidden)',
      'docs/deep/parts/b.md': '(hidden)',
    })
    const {params, languages} = siteIn(files)
    expect(params).toEqual({
      project: 'Kettle',
      version: '4.2',
      role: '[role](#roles)',
      maker: 'The Kettle Company',
    })
    expect(languages.default).toBe('de')
  })

  test('has its first page and its toctrees as navigation', () => {
    expect(navigationIn(files)).toEqual([
      'docs/index',
      ['First steps', ['docs/setup/index', 'docs/setup/on-linux', 'docs/kept'], 'The words = docs/glossary'],
    ])
  })

  test('a toctree with globs names the pages that match, in the order of their names or against it', () => {
    const tree = (...lines: string[]): string => ['```{toctree}', ...lines, '```', ''].join('\n')
    const globbed = {
      'docs/conf.py': "extensions = ['myst_parser']",
      'docs/index.md': `# Home\n\n${tree(':glob:', ':reversed:', 'setup/*')}\n${tree(':glob:', '', 'kept', 'use/**')}\n${tree('no/*')}`,
      'docs/kept.md': '# Kept',
      'docs/no/page.md': '# No option, no glob',
      'docs/setup/a.md': '# A',
      'docs/setup/b.md': '# B',
      'docs/setup/deep/c.md': '# Deeper than one folder',
      'docs/use/d.md': '# D',
      'docs/use/far/e.rst': 'E\n=',
    }

    expect(navigationIn(globbed)).toEqual([
      'docs/index',
      'docs/setup/b',
      'docs/setup/a',
      'docs/kept',
      'docs/use/d',
      'docs/use/far/e',
      'docs/no/*',
    ])
  })

  // Expected values are those of a site that Sphinx 5.3 with MyST-Parser 0.18 built.
  test('makes the anchors of docutils', () => {
    const headings: readonly [string, string][] = [
      ["What's new?", 'what-s-new'],
      ['“Curly” — dash', 'curly-dash'],
      ['C++ & C#', 'c-c'],
      ['--flag=value', 'flag-value'],
      ['1. First step', 'first-step'],
      ['2026 in numbers', 'in-numbers'],
      ['v2.0 (beta)', 'v2-0-beta'],
      ['snake_case_name and init', 'snake-case-name-and-init'],
      ['a/b and c', 'a-b-and-c'],
      ['Ünïcödé größer', 'unicode-groszer'],
      ['日本語の見出し', 'id1'],
      ['Привет мир', 'id2'],
      ['Rocket 🚀 launch', 'rocket-launch'],
      ['???', 'id3'],
      ['Twice', 'twice'],
      ['Twice', 'id4'],
      ['Twice 1', 'twice-1'],
    ]
    expect(
      anchorsIn(
        files,
        headings.map(([heading]) => heading),
      ),
    ).toEqual(headings.map(([, anchor]) => anchor))
  })
})

describe('a project of Jupyter Book 1', () => {
  const book = {
    '_config.yml':
      'title: Kettle\nonly_build_toc_files: true\nsphinx: {config: {html_baseurl: "https://kettle.example/b/"}}\n',
    '_toc.yml':
      'format: jb-book\nroot: intro\nparts:\n  - caption: Use\n    chapters:\n      - file: use/setup\n        sections: [{file: use/linux.md}]\n',
    'intro.md': 'Text.',
    'use/setup.md': 'Text.',
    'use/linux.md': 'Text.',
    'notes.md': 'Text.',
  }

  test('has the pages of its table of contents', () => {
    expect(addressesIn(book)).toEqual({
      'intro.md': '/b/intro.html',
      'use/setup.md': '/b/use/setup.html',
      'use/linux.md': '/b/use/linux.html',
      'notes.md': '(partial)',
    })
    expect(navigationIn(book)).toEqual(['intro', ['Use', ['use/setup', 'use/linux.md']]])
    expect(siteIn(book).generator).toBe('jupyter-book')
  })

  test('has the pages that globs of its table of contents name', () => {
    const book = {
      '_toc.yml': 'root: intro\nchapters:\n  - glob: use/*\n  - file: end\n',
      'intro.md': 'Text.',
      'end.md': 'Text.',
      'use/b.md': 'Text.',
      'use/a.md': 'Text.',
    }
    expect(navigationIn(book)).toEqual(['intro', 'use/a', 'use/b', 'end'])
  })
})

describe('a part of a file on a page of Sphinx', () => {
  const code = [
    'import tea',
    '',
    'class Kettle:',
    '    lid = 1',
    '',
    '    @hot',
    '    def boil(',
    '        self,',
    '    ):',
    '        return tea',
    '',
    'def pour():',
    '    pass',
  ]
  const parts = {
    'docs/kettle.py': `${code.join('\n')}\n`,
    'docs/part.txt': 'One.\n\nTwo. <!-- a -->\n\nThree.\n\n<!-- b -->\n\nFour.\n',
  }
  const rules = rulesOf(siteIn({...files, ...parts}))
  /** Without the fence and blank lines around it. */
  const shown = (directive: string): string =>
    pageIn(rules, 'docs/index.md', `# Kettle\n\n\`\`\`${directive}\n\`\`\`\n\nText.`, parts)!
      .markdown.replace(/^# Kettle\n\n|\n*Text\.$/g, '')
      .replace(/^```.*\n|\n?```$/g, '')
      .replace(/^\n+|\n+$/g, '')

  test.each([
    [':lines: 1,12-', [1, 12, 13]],
    ['---\nlines: -1\n---', [1]],
    [':start-after: import\n:end-before: "@hot"', [3, 4]],
    [':start-at: class\n:end-at: lid', [3, 4]],
    [':start-at: class\n:lines: 2', [4]],
    [':pyobject: pour', [12, 13]],
    [':pyobject: Kettle', [3, 4, 5, 6, 7, 8, 9, 10]],
    [':pyobject: Kettle.boil', [6, 7, 8, 9, 10]],
    [':start-after: coffee', []],
  ])('is the code that %s selects', (options, lines) => {
    const wanted = lines.map((line) => code[line - 1]).join('\n')
    expect(shown(`{literalinclude} kettle.py\n${options}`)).toBe(wanted)
  })

  test('loses the columns that dedent says', () => {
    expect(shown('{literalinclude} kettle.py\n:lines: 4\n:dedent:')).toBe('lid = 1')
    expect(shown('{literalinclude} kettle.py\n:lines: 4\n:dedent: 2')).toBe('  lid = 1')
  })

  test.each([
    [':start-line: 4', 'Three.\n\nFour.'],
    [':end-line: 1', 'One.'],
    [':start-line: -1', 'Four.'],
    [':start-after: <!-- a -->\n:end-before: <!-- b -->', 'Three.'],
    [':start-after: coffee', ''],
  ])('is the text that %s selects', (options, text) => {
    expect(shown(`{include} part.txt\n${options}`)).toBe(text)
  })

  test('is code if the directive says so', () => {
    expect(shown('{include} part.txt\n:literal:\n:end-line: 3')).toBe('One.\n\nTwo. <!-- a -->')
  })
})
