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

  test.each([
    [
      'keys',
      'Press ++ctrl+page-up+"My key"++, a ++i and C++, or ++k++.',
      'Press `Ctrl+Page Up+My key`, a ++i and C++, or `K`.',
    ],
    ['mark', 'A ==very *hot*== pot, a == b == c.', 'A very *hot* pot, a == b == c.'],
    ['caret', 'A ^^hot^^ pot.', 'A hot pot.'],
    [
      'critic',
      'A {--cold--}{++hot++} pot{>>of tea<<} {~~boils~>*sings*~~}, {==loud==}.',
      'A ~~cold~~hot pot (of tea) ~~boils~~ *sings*, loud.',
    ],
    [
      'critic: {mode: accept}',
      'A {--cold--} pot{>>of tea<<} {~~boils~>sings~~}{++ now++}.',
      'A pot sings now.',
    ],
    [
      'critic: {mode: reject}',
      'A {--cold--} pot{>>of tea<<} {~~boils~>sings~~}{++ now++}.',
      'A cold pot boils.',
    ],
  ])('reads the marks of the extension %s where the configuration names it', (extension, text, expected) => {
    const page = `${text}\n\n    ${text}\n`
    const own = {'mkdocs.yml': `markdown_extensions:\n  - pymdownx.${extension}\n`}

    expect(shown('docs/a.md', page, own)).toBe(`${expected}\n\n    ${text}`)
    expect(shown('docs/a.md', text, {'mkdocs.yml': 'markdown_extensions: [toc]'})).toBe(text)
  })

  test('a card keeps what is below its icon in its list item, and a link begins with its words', () => {
    const card =
      '-   :material-kettle:{ .lg .middle } __Boil__\n\n    ---\n\n    Water first.\n\n    [:octicons-arrow-right-24: Go on](b.md)\n'
    const text = `<div class="grid cards" markdown>\n\n${card}\n-   <Icon name="tea" /> Steep\n\n    Then tea.\n\n</div>\n\nPress :material-play: now.`
    const {page, diagnostics} = pageIn({...files, 'docs/a.md': text, 'docs/b.md': ''}, 'docs/a.md')

    expect(page?.markdown).toBe(
      '-   __Boil__\n\n    ---\n\n    Water first.\n\n    [Go on](b.md)\n\n-   Steep\n\n    Then tea.\n\nPress now.',
    )
    expect(page?.sections.flatMap(({passages}) => passages.map(({text}) => text)).join()).not.toContain('---')
    expect(diagnostics).toEqual([])
  })

  test('keeps the words of mkdocstrings', () => {
    const text = shown(
      'docs/a.md',
      'See [`Boiler`][kettle.Boiler], [kettle.start][], [numbers][enum], a[i][j] and [the guide][guide].\n\n- [`Pot`][kettle.Pot]: a pot.\n\n::: kettle.boil\n    options:\n      show_root: true\n\nText.\n\n[guide]: guide.md\n',
      files,
    )
    expect(text).toContain('See `Boiler`, kettle.start, numbers, a[i][j] and [the guide](guide.md).')
    expect(text).toContain('- `Pot`: a pot.')
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

  const versioned = {
    ...files,
    'data/variables/product.yml':
      'name: "{% ifversion ghec %}Kettle Cloud{% elsif ghes %}Kettle Server{% else %}Kettle{% endif %}"\nurl: "{% ifversion fpt or ghec %}https://api.kettle.example{% else %}http://[host]{% endif %}"\nhelp: https://help.kettle.example\n',
    'data/features/whistle.yml': "versions:\n  fpt: '*'\n  ghec: '*'\n",
    'data/features/boiler.yml': "versions:\n  ghes: '>3.4'\n",
  }
  const inVersion = (source: string, frontMatter = ''): string =>
    shown('content/use/a.md', frontMatter + source, versioned)

  test('shows of a conditional in a line what the version of the page shows', () => {
    const name = 'This is {% data variables.product.name %}.'
    expect(inVersion(name)).toBe('This is Kettle.')
    expect(inVersion(name, "---\nversions:\n  ghes: '*'\n---\n")).toBe('This is Kettle Server.')
    expect(inVersion(name, '---\nversions:\n  feature: boiler\n---\n')).toBe('This is Kettle Server.')
    expect(inVersion('{% ifversion fpt or ghec %}If so, you{% else %}You{% endif %} can.')).toBe(
      'If so, you can.',
    )
    expect(
      inVersion(
        'It {% ifversion ghes > 3.4 %}never {% endif %}boils{% ifversion not ghes %} here{% endif %}.',
      ),
    ).toBe('It boils here.')
    expect(
      inVersion(
        'A {% ifversion whistle %}whistle{% else %}bell{% endif %}{% ifversion boiler %} and boiler{% endif %}.',
      ),
    ).toBe('A whistle.')
    expect(inVersion('A {% ifversion ghes %}b {% ifversion fpt %}c{% endif %}{% else %}d{% endif %} e')).toBe(
      'A d e',
    )
    expect(
      inVersion(
        '{% if currentVersion == "free-pro-team@latest" or currentVersion ver_gt "enterprise-server@2.21" %}New{% else %}Old{% endif %}.',
      ),
    ).toBe('New.')
  })

  test('keeps every branch of a conditional over several lines', () => {
    expect(inVersion('{% ifversion ghes %}\nOn a server.\n{% else %}\nElsewhere.\n{% endif %}')).toBe(
      'On a server.\n\nElsewhere.',
    )
  })

  test('has no rows for conditionals between the rows of a table', () => {
    const table = '| A | B |\n|---|---|\n| a | b |\n| {% ifversion ghes %} |\n| c | d |\n| {% endif %} |'
    expect(inVersion(table)).toBe('| A | B |\n|---|---|\n| a | b |\n| c | d |')
  })

  test('fills in code, in link destinations and in the introduction', () => {
    expect(inVersion('```sh\ncurl {% data variables.product.url %}/pots\n```')).toBe(
      '```sh\ncurl https://api.kettle.example/pots\n```',
    )
    expect(inVersion('See [help]({% data variables.product.help %}/a).')).toBe(
      'See [help](https://help.kettle.example/a).',
    )
    const path = 'content/use/a.md'
    const source = '---\ntitle: A\nintro: Care for {% data variables.product.name %}.\n---\nText.'
    expect(pageIn({...versioned, [path]: source}, path).page?.description).toBe('Care for Kettle.')
  })

  test('shows what is raw as it is', () => {
    expect(
      inVersion('Set `{% raw %}${{ secrets.A_KEY }}{% endraw %}`, {% raw %}`${{ b_c }}`{% endraw %}.'),
    ).toBe('Set `${{ secrets.A_KEY }}`, `${{ b_c }}`.')
    expect(inVersion('```yml\n{% raw %}\nrun: ${{ a }} {% data x %}\n{% endraw %}\n```')).toBe(
      '```yml\nrun: ${{ a }} {% data x %}\n```',
    )
  })

  test('names icons that stand for words, and no others', () => {
    expect(inVersion('Click {% octicon "gear" aria-label="The gear icon" %}.')).toBe('Click The gear icon.')
    expect(inVersion('Click **{% octicon "plus" aria-hidden="true" aria-label="plus" %} Add**.')).toBe(
      'Click **Add**.',
    )
    expect(inVersion('| A |\n|---|\n| {% octicon "check" %} |')).toBe('| A |\n|---|\n| check |')
    expect(
      pageIn({...versioned, 'content/b.md': '{% octicon "gear" aria-label="Gear" %}'}, 'content/b.md')
        .fidelity,
    ).toMatchObject({
      visibleWords: 1,
      keptWords: 1,
    })
  })

  test('labels the text for one tool or system', () => {
    expect(
      inVersion('{% mac %}\n\n1. Open it.\n\n{% endmac %}\n\n{% webui %}\n\nClick.\n\n{% endwebui %}'),
    ).toBe('**Mac**\n\n1. Open it.\n\n**Web browser**\n\nClick.')
    expect(inVersion('{% rowheaders %}\n\n| A |\n|---|\n| b |\n\n{% endrowheaders %}')).toBe(
      '| A |\n|---|\n| b |',
    )
  })
})

describe('Grafana’s projects', () => {
  const files = {
    'docs/docs.mk': 'PROJECTS := kettle::/docs\n',
    'docs/sources/_index.md': 'Text.',
    'docs/sources/shared/boil.md': 'Boil it **long**.\n',
  }

  test('take in a shared text that is named as its page, and leave out what another platform shows', () => {
    expect(
      shown('docs/sources/boil.md', '# Boil\n\n{{< docs/shared lookup="boil.md" source="kettle" >}}', files),
    ).toContain('Boil it **long**.')
    const ignored = 'Before.\n\n{{< docs/ignore >}}\nOnly there.\n{{< /docs/ignore >}}\n\nAfter.'
    expect(shown('docs/sources/a.md', ignored, files)).toBe('Before.\n\nAfter.')
  })
})

test('Hugo’s shortcodes show the front matter that they name, the names of tabs and questions', () => {
  const front =
    '---\ntitle: Pots\ncards:\n  items:\n    - title: Kettle\n      href: /kettle/\n      description: It boils.\n---\n\n'
  const files = {'hugo.toml': '', 'content/a.md': '# A'}
  const text = (source: string): string => shown('content/b.md', source, files)

  expect(text(`${front}{{< card-grid key="cards" type="simple" >}}\n`)).toBe('- Kettle: It boils.')
  expect(text(`${front}{{< card-grid key="other" >}}\n`)).toBe('')
  expect(text(`${front}{{< param "cards.items.0.title" >}}\n`)).toBe('Kettle')
  expect(text('{{< tab-content name="curl" >}}\nWords.\n{{< /tab-content >}}\n')).toBe('**curl**\n\nWords.')
  expect(text('{{< qa question="Is it hot?" >}}\nYes.\n{{< /qa >}}\n')).toBe('**Is it hot?**\n\nYes.')
})

describe('Components with a dollar in their name', () => {
  const files = {
    'apps/docs/content/_partials/key.mdx': 'Copy the key of {{ .pot }}.',
    'apps/docs/content/guides/a.mdx': 'Text.',
  }
  const text = (source: string): string => shown('apps/docs/content/guides/boil/b.mdx', source, files)

  test('show the part that they name with its values, or what is around them', () => {
    expect(text('Words.\n\n<$Partial path="key.mdx" variables={{ "pot": "Kettle" }} />\n\nEnd.')).toBe(
      'Words.\n\nCopy the key of Kettle.\n\nEnd.',
    )
    expect(text('<$Show if="sdk:dart">\n\nDart words.\n\n</$Show>\n\nEnd.')).toBe('Dart words.\n\nEnd.')
    expect(text('Words.\n\n<$CodeSample\npath="/a.ts"\nlines={[[1, 4]]}\n/>\n\nEnd.')).toBe('Words.\n\nEnd.')
  })

  test('show the lines of an example that they name', () => {
    const examples = {...files, 'examples/pot/a.ts': 'one\ntwo\nthree\nfour\nfive\n'}
    const sample = '<$CodeSample\npath="/pot/a.ts"\nlines={[[1, 2], [5, -1]]}\nmeta="name=pot/a.ts"\n/>'

    expect(shown('apps/docs/content/guides/b.mdx', sample, examples)).toBe(
      '```ts title="pot/a.ts"\none\ntwo\nfive\n```',
    )
  })
})

describe('Quartz', () => {
  test('makes the fragments of links to headings and blocks as it makes anchors', () => {
    const files = {
      'quartz.config.ts': 'export default {configuration: {}}',
      'content/b.md': '## Set it up: first\n\nA step. ^step-1\n',
    }
    expect(shown('content/a.md', '[[b#Set it up: first|Set up]], [[b#^step-1|step]].', files)).toBe(
      '[Set up](b#set-it-up-first), [step](b#step-1).',
    )
    expect(pageIn(files, 'content/b.md').fragments).toEqual(['step-1'])
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

test('Hugo takes in shared files of Grafana’s projects, and code in tabs', () => {
  const files = {
    'docs/docs.mk': '',
    'docs/sources/shared/care.md': '---\nheadless: true\n---\n\nWash it.\n',
  }
  const text = shown(
    'docs/sources/a.md',
    '{{< docs/shared source="kettle" lookup="care.md" version="next" >}}\n\n{{< tabs >}}\n{{< tab name="Linux" codelang="bash" >}}\nkettle --boil\n# done\n{{< /tab >}}\n{{< /tabs >}}\n',
    files,
  )
  expect(text).toContain('Wash it.')
  expect(text).toContain('**Linux**\n\n```bash\nkettle --boil\n# done\n```')
})

describe('what stays of a mark', () => {
  test('a shortcode of Zola that is written as a call is what its name says', () => {
    const text = '{% note(title="Hot, mind", icon=true) %}\nTake a cloth.\n{% end %}\n\nPour.'
    expect(shown('content/a.md', text, {'config.toml': 'base_url = "/"\n[markdown]\n'})).toBe(
      '> **Hot, mind**\n>\n> Take a cloth.\n\nPour.',
    )
  })

  test('a binding of Nuxt Content is a value of the page or the words that it has instead', () => {
    const text =
      "---\ntitle: Pots_1\n---\n\n{{ $doc.title || 'None' }}, {{ $doc.maker || 'Nobody' }}, {{$doc.colour}}."
    const files = {'package.json': '{"dependencies": {"@nuxt/content": "2"}}', 'content/b.md': ''}
    expect(shown('content/a.md', text, files)).toBe('Pots\\_1, Nobody, .')
  })

  test('a value that a Jupyter Book does not set shows nothing, and mathematics has no label', () => {
    const files = {'_toc.yml': 'root: a\n', '_config.yml': 'title: Tea\n'}
    const text = 'Heat{{ unset }} it.\n\n$$ x_{{a}} = 1 $$ (one)\n\n$$\ny = 2\n$$ (two)\n\nDone.'
    const page = shown('a.md', text, files)
    expect(page).toContain('Heat it.')
    expect(page).toContain('$$ x_{{a}} = 1 $$\n\n')
    expect(page).toContain('y = 2\n```\n\nDone.')
  })

  test('a list of Jekyll that is the table of contents is left out, and no other', () => {
    const files = {'_config.yml': 'title: Tea\n'}
    expect(shown('a.md', '1. TOC\n{:toc}\n\nText.\n\n1. First\n{: .big }\n', files)).toBe('Text.\n\n1. First')
    expect(shown('a.md', '* Contents\n{: .no_toc toc }\n\nText.', files)).toBe('Text.')
  })
})
