import {describe, expect, test} from 'vitest'
import {flatten} from '../../src/markdown/flatten.ts'
import {parsePage} from '../../src/markdown/index.ts'
import {plainSite, siteRulesOf} from '../support/unconfigured-site.ts'

function flat(source: string, files: Readonly<Record<string, string>> = {}) {
  const {text, notes} = flatten(source, {
    path: 'a.mdx',
    projectPath: 'a.mdx',
    site: siteRulesOf('starlight') ?? plainSite,
    bodyLine: 1,
    readInclude: (name) => files[name] ?? null,
  })
  const unknown = notes.filter(({fate}) => fate === 'not-understood').map(({construct}) => construct)
  return {text: text.replace(/\n{3,}/g, '\n\n').trim(), unknown}
}

describe('a component that prints what its properties say', () => {
  test.each([
    ['pkg="kettle"', ['npm i kettle', 'yarn add kettle', 'pnpm add kettle']],
    ['pkg="@pot/lid@2" dev', ['npm i -D @pot/lid@2', 'yarn add -D @pot/lid@2', 'pnpm add -D @pot/lid@2']],
    [
      'type="create" pkg="kettle@latest" args={"my-pot"}',
      ['npm create kettle@latest -- my-pot', 'yarn create kettle my-pot', 'pnpm create kettle@latest my-pot'],
    ],
    [
      'type="exec" pkg="kettle" args="boil the <WATER>"',
      ['npx kettle boil the <WATER>', 'yarn kettle boil the <WATER>', 'pnpm kettle boil the <WATER>'],
    ],
  ])('shows the commands of package managers for %s', (properties, commands) => {
    const {text, unknown} = flat(`<PackageManagers ${properties} />`)

    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('```'))).toEqual(commands)
    expect(unknown).toEqual([])
  })

  test('shows the request for a method and an address', () => {
    const source =
      '<Request\n  path="/pots/{pot}"\n  method="POST"\n  parameters={{ pot: "blue" }}\n  json={{\n    litres: 2,\n  }}\n/>\n\nEnd.'

    expect(flat(source)).toEqual({
      text: '```\nPOST /pots/blue\n{\n  litres: 2,\n}\n```\n\nEnd.',
      unknown: [],
    })
  })

  test('shows no command without a package, and no request without a method', () => {
    expect(flat('<PackageManagers />').unknown).toEqual(['jsx:PackageManagers'])
    expect(flat('<Request path="/pots" />').unknown).toEqual(['jsx:Request'])
  })
})

test('a term is shown where it stands alone, not beside the words that it explains', () => {
  expect(flat('Fill the <Tooltip term="kettle">kettles</Tooltip> now.').text).toBe('Fill the kettles now.')
  expect(flat('<Tooltip term="kettle" />').text).toBe('kettle')
})

test('code from elsewhere stays in the list item that shows it', () => {
  const source =
    '1. Boil it.\n\n   <Request path="/pots" method="PUT" json={{\n     hot: 1\n   }} />\n\n2. Pour it.'

  expect(flat(source).text).toBe(
    '1. Boil it.\n\n   ```\n   PUT /pots\n   {\n     hot: 1\n   }\n   ```\n\n2. Pour it.',
  )
})

test('data in a list that elements are made of is shown', () => {
  const source =
    '{[\n  {title: "Kettle", description: "It boils water.", href: "/kettle"},\n].map((pot) => (\n  <Card title={pot.title}>Read on</Card>\n))}'
  const {text, unknown} = flat(source)

  expect(text).toContain('- Kettle\n- It boils water.')
  expect(text).toContain('Read on')
  expect(unknown).toEqual([])
})

test('the subtitle of a page describes it', () => {
  const {page} = parsePage('---\ntitle: Pot\nsubtitle: It boils water.\n---\n\nText.', {
    path: 'a.md',
    site: plainSite,
    readInclude: () => null,
  } as never)

  expect(page?.description).toBe('It boils water.')
})

test('a badge shows the words of its preset, and the anchor of its heading none of them', () => {
  expect(flat('Boil it <PotBadge preset="early-access" /> now.').text).toMatch(
    /^Boil it +early access +now\.$/,
  )

  const {page} = parsePage('## Boil <PotBadge preset="beta" />\n\nText.', {
    path: 'a.mdx',
    site: siteRulesOf('starlight') ?? plainSite,
    readInclude: () => null,
  } as never)

  expect(page?.sections.at(-1)?.anchor).toBe('boil')
})
