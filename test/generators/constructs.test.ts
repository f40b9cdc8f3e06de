import {describe, expect, test} from 'vitest'
import {brokenLinksIn} from '../../src/ingestion/links.ts'
import {rulesIn} from '../support/memory-project.ts'
import {markdownIn, pageIn} from '../support/site-pages.ts'

type Files = Record<string, string>

/** The text of a page of a project with more files. */
function shown(path: string, text: string, files: Files): string {
  return markdownIn({...files, [path]: text}, path)
}

describe('MkDocs', () => {
  const files = {
    'mkdocs.yml':
      'extra:\n  release: 4.2\n  makers: {main: The Kettle Company}\nplugins: [macros]\nmarkdown_extensions:\n  - pymdownx.snippets:\n      base_path: [code]\n',
    'code/python/use/start.py': 'import kettle\n# --8<-- [start:boil]\nkettle.boil()\n# --8<-- [end:boil]\n',
    'code/rust/use/start.rs': '// --8<-- [start:boil]\nkettle::boil();\n// --8<-- [end:boil]\n',
    'code/note.md': 'A note of its own.\n',
  }

  test('fills in the values of macros, and leaves out unknown ones', () => {
    expect(
      shown('docs/a.md', 'Release {{ release }} of {{ makers.main }}, {{ badge("new") }} today.', files),
    ).toBe('Release 4.2 of The Kettle Company,  today.')
    expect(shown('docs/a.md', 'Write {{ release }} here.', {...files, 'mkdocs.yml': ''})).toBe(
      'Write {{ release }} here.',
    )
  })

  test('takes in snippets below its base path, and those of code_block', () => {
    const text = shown(
      'docs/a.md',
      '--8<-- "note.md"\n\n{{ code_block("use/start", "boil", ["Kettle"]) }}\n',
      files,
    )
    expect(text).toContain('A note of its own.')
    expect(text).toContain('**Python**\n\n```py\nkettle.boil()\n```')
    expect(text).toContain('**Rust**\n\n```rs\nkettle::boil();\n```')
    expect(text).not.toContain('{{')
  })

  test('keeps the words of mkdocstrings', () => {
    const text = shown(
      'docs/a.md',
      'See [`Boiler`][kettle.Boiler], [kettle.start][] and [the guide][guide].\n\n::: kettle.boil\n    options:\n      show_root: true\n\nText.\n\n[guide]: guide.md\n',
      files,
    )
    expect(text).toContain('See `Boiler`, kettle.start and [the guide](guide.md).')
    expect(text).toContain('`kettle.boil`\n\nText.')
    expect(text).not.toContain('show_root')
  })
})

describe('an Obsidian vault', () => {
  const files = {
    '.obsidian/app.json': '{}',
    'Kitchen/Kettle.md':
      '# Kettle\n\nAll of it.\n\n## Care\n\nWash it. ^wash\n\n- First\n- Second ^two\n\n## End\n\nDone.\n',
  }
  const text = (source: string): string => shown('Home.md', source, files)

  test('shows the words of links', () => {
    expect(text('See [[Kettle]], [[Kettle#Care]], [[Kettle|the *pot*]] and [[#Below]].')).toBe(
      'See [Kettle](Kettle), [Kettle > Care](Kettle#Care), [the *pot*](Kettle) and [Below](#Below).',
    )
    expect(text('| A | B |\n|---|---|\n| [[Kettle\\|pot]] | x |')).toContain('| [pot](Kettle) | x |')
  })

  test('takes in notes, their sections and their blocks', () => {
    expect(text('![[Kettle#Care]]')).toBe('## Care\n\nWash it.\n\n- First\n- Second')
    expect(text('![[Kettle#^wash]]')).toBe('Wash it.')
    expect(text('![[Kettle#^two]]')).toBe('- Second')
    expect(text('Look: ![[pot.png|300]] here.')).toBe('Look:  here.')
  })

  test('hides comments and ids, and shows what is marked', () => {
    expect(text('Some %%not this%% words. ^an-id\n\n%%\nNor this.\n%%\n\nA ==marked== word.')).toBe(
      'Some  words.\n\nA marked word.',
    )
    expect(pageIn({...files, 'Home.md': 'Words. ^an-id'}, 'Home.md').fragments).toContain('^an-id')
  })
})

describe('GitHub Docs', () => {
  const files = {
    'data/variables/product.yml':
      'short: Kettle\nlong: "{% data variables.product.short %} Pro"\nself: "{% data variables.product.self %}"\n',
    'data/reusables/care/wash.md': 'Wash it **often**.\n',
    'content/use/care.md': '---\ntitle: "Care for {% data variables.product.short %}"\n---\nText.',
  }
  const text = (source: string): string => shown('content/use/a.md', source, files)

  test('fills in its data, also in titles', () => {
    expect(text('Buy {% data variables.product.long %} now.')).toBe('Buy Kettle Pro now.')
    expect(text('1. Fill it.\n\n{% data reusables.care.wash %}\n\nDone.')).toContain('Wash it **often**.')
    expect(text('It says: {% data reusables.care.wash %}')).toBe('It says: Wash it **often**.')
    expect(text('See [AUTOTITLE](/use/care#often).')).toBe('See [Care for Kettle](/use/care#often).')
    expect(pageIn(files, 'content/use/care.md').page?.title).toBe('Care for Kettle')
  })

  test('leaves out what is unknown or contains itself', () => {
    expect(text('A {% data variables.product.self %} b {% data variables.none %} c.')).not.toContain('{%')
    expect(text('{% ifversion pro %}Pro only.{% endif %} Text.')).toBe('Pro only. Text.')
  })
})

describe('DocC', () => {
  const files = {'Kettle.docc/Use/SetUp.md': '# Set up\n\nText.'}
  const text = (source: string): string => shown('Kettle.docc/Guide.md', source, files)

  test('shows the titles of articles', () => {
    expect(text('See <doc:SetUp>, <doc:SetUp#First-steps> and <doc:Unknown-Page>.')).toBe(
      'See [Set up](Use/SetUp.md), [First steps](Use/SetUp.md#First-steps) and Unknown Page.',
    )
  })

  test('reads its directives', () => {
    const source =
      '# Guide\n\n@Metadata {\n  @PageImage(purpose: icon, source: "a")\n}\n\n@Row {\n    @Column {\n        Left words.\n    }\n}\n\n@TabNavigator {\n    @Tab("Linux") {\n        Install it.\n    }\n}\n\n@Image(source: "pot", alt: "A pot")\n'
    const plain = text(source)
    expect(plain).toContain('\nLeft words.\n')
    expect(plain).toContain('**Linux**\n\nInstall it.')
    expect(plain).toContain('A pot')
    expect(plain).not.toMatch(/@|\}|purpose/)
  })
})

describe('GitBook', () => {
  const files = {'SUMMARY.md': '# Table of contents\n', 'setup/README.md': '# Set it up\n\nText.'}
  const text = (source: string): string => shown('a.md', source, files)

  test('shows the titles of references, and no layout', () => {
    expect(text('{% content-ref url="setup/" %}\n[setup](setup/)\n{% endcontent-ref %}\n\nText.')).toBe(
      '[Set it up](setup/)\n\nText.',
    )
    const tabs = text('{% columns %}\n{% column %}\nLeft.\n{% endcolumn %}\n{% endcolumns %}')
    expect(tabs).toBe('Left.')
  })

  test('shows no hidden columns of cards', () => {
    const cards =
      '<table data-view="cards"><thead><tr><th></th><th data-hidden data-card-target data-type="content-ref"></th></tr></thead><tbody><tr><td><strong>Set up</strong></td><td><a href="x.md">x.md</a></td></tr></tbody></table>'
    expect(text(cards)).toContain('Set up')
    expect(text(cards)).not.toContain('x.md')
  })
})

test('Elastic’s docs-builder fills in values and reads ids after headings', () => {
  const files = {'docset.yml': 'toc: []\nsubs:\n  ktl: The Kettle\n'}
  const page = pageIn(
    {...files, 'a.md': '---\nsub: {own: mine}\n---\n## Use {{ktl}} [use-it]\n\n{{own}} $$$here$$$ text.'},
    'a.md',
  )
  expect(page.page?.sections[0]).toMatchObject({anchor: 'use-it', headings: ['Use The Kettle']})
  expect(page.page?.markdown).toContain('mine  text.')
  expect(page.fragments).toContain('here')
})

test('MyST fills in substitutions and reads targets of any name', () => {
  const files = {'conf.py': "extensions = ['myst_parser']\nmyst_substitutions = {'role': '[role](#roles)'}\n"}
  const page = pageIn(
    {
      ...files,
      'a.md':
        '---\nmyst:\n  substitutions:\n    own: "**mine**"\n---\n(use/it)=\n## Use\n\nA {{ role }} is {{ own }}.',
    },
    'a.md',
  )
  expect(page.page?.markdown).toContain('A [role](#roles) is **mine**.')
  expect(page.fragments).toContain('use/it')
})

test('a card of MyST shows its header', () => {
  const text = shown('a.md', ':::{card} Kettle\n:header: The *best* of all\n:margin: 2 2\n\nBoils.\n:::\n', {
    'myst.yml': 'project: {}\n',
  })
  expect(text).toBe('**Kettle**\n\nThe *best* of all\n\nBoils.')
})

test('Zola shows escaped shortcodes and leaves out others', () => {
  const files = {'config.toml': 'base_url = "/"\n'}
  const text = shown(
    'content/a.md',
    'Write {{/* pot(a=1) */}}.\n\n{{ pot(a=1) }}\n\n{% quote(author="Ann") %}\nBoil it.\n{% end %}',
    files,
  )
  expect(text).toContain('Write {{ pot(a=1) }}.')
  expect(text).toContain('Boil it.')
  expect(text).not.toMatch(/%|\{\{ pot\(a=1\) \}\}\n/)
})

test('DocFX shows the names of references and takes in code', () => {
  const files = {'docfx.json': '{"build": {}}', 'a.json': '{"a": 1}\n'}
  const text = shown('b.md', 'Use <xref:Kettle.Boil%2A>.\n\n[!code-JSON [a](a.json)]\n', files)
  expect(text).toContain('Use `Kettle.Boil`.')
  expect(text).toContain('{"a": 1}')
})

test('Jekyll fills in what the configuration and the front matter say', () => {
  const text = shown('a.md', '---\nkind: pot\n---\nVersion {{ site.release }} of a {{ page.kind }}.', {
    '_config.yml': 'release: 4.2\n',
  })
  expect(text).toBe('Version 4.2 of a pot.')
})

test('a link to a target of MyST may mean one of another page', () => {
  const files = {
    'conf.py': "extensions = ['myst_parser']\n",
    'a.md': '# A\n\nSee [it](#use/it) and [nothing](#none).',
    'b.md': '(use/it)=\n# B\n',
  }
  const pages = ['a.md', 'b.md'].map((path) => {
    const {page, links, fragments} = pageIn(files, path)
    return {path, url: page!.url, links, anchors: new Set(fragments)}
  })
  const broken = brokenLinksIn(pages, {rules: rulesIn(files), isFile: () => false})
  expect(broken.map(({reason}) => reason)).toEqual(['the link to #none matches no heading in this page'])
})
