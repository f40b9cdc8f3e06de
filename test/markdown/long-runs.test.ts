import {describe, expect, test} from 'vitest'
import {type ParsedPage, parsePage} from '../../src/markdown/index.ts'
import {plainSite} from '../support/unconfigured-site.ts'

const parse = (source: string): ParsedPage => parsePage(source, {path: 'guides/page.md', site: plainSite})
const textOf = ({page}: ParsedPage): string => page!.sections.map(({text}) => text).join('\n')
const picture = 'iVBORw0KGgo+/'.repeat(50_000)

describe('encoded data is cut out, and the rest of its page stays', () => {
  test.each([
    ['an image', `Before ![A chart](data:image/png;base64,${picture}) after.`, 'Before A chart after.'],
    ['an image with a title', `![A chart](data:image/png;base64,${picture} "Sales")`, 'A chart'],
    ['a link', `Get [the archive](data:application/zip;base64,${picture}).`, 'Get the archive.'],
    [
      'a reference',
      `Before ![A chart][c] after.\n\n[c]: data:image/png;base64,${picture}`,
      'Before A chart after.',
    ],
    [
      'an element',
      `Before <img alt="A chart" src="data:image/png;base64,${picture}"> after.`,
      'Before A chart after.',
    ],
    ['bare text', `Before ${picture} after.`, 'Before … after.'],
    ['code', `\`\`\`json\n{"image": "${picture}", "wide": 3}\n\`\`\``, '{"image": "…", "wide": 3}'],
    ['percent-encoding', `![A chart](data:image/svg+xml,${'%3Cpath/%3E'.repeat(900)})`, 'A chart'],
  ])('in %s', (_, body, text) => {
    const parsed = parse(`# Charts\n\nFirst words.\n\n${body}\n\nLast words.\n`)

    expect(textOf(parsed)).toBe(`First words.\n${text}\nLast words.`)
    expect(parsed.fidelity.visibleWords).toBeLessThan(15)
    expect(parsed.fidelity.keptWords).toBe(parsed.fidelity.visibleWords)
    expect(parsed.diagnostics).toMatchObject([{rule: 'encoded-data', severity: 'info'}])
  })

  test('and reported once for a page, with the first line', () => {
    const image = `![](data:image/png;base64,${picture.slice(0, 4_000)})`

    const {diagnostics} = parse(`# Charts\n\n${image}\n\n${image} ${image}\n`)

    expect(diagnostics).toMatchObject([
      {rule: 'encoded-data', line: 3, reason: '3 long runs of encoded data were left out'},
    ])
  })
})

describe('what people read stays', () => {
  test.each([
    ['a line of 600,000 characters', 'The quick brown fox jumps over the dog. '.repeat(15_000).trim()],
    ['a line without spaces', 'これは文です。'.repeat(20_000)],
  ])('%s', (_, line) => {
    const parsed = parse(`# Words\n\n${line}\n\nLast words.\n`)

    const letters = (text: string): string => text.replace(/\s/g, '')
    expect(letters(textOf(parsed)) === letters(`${line} Last words.`)).toBe(true)
    expect(parsed.diagnostics).toEqual([])
  })

  test.each([
    ['a public key', `ssh-rsa ${'AAAAB3NzaC1yc2E'.repeat(40)} me@example`],
    ['a long rule', '-'.repeat(5_000)],
    ['the address of a playground', `See https://play.example/#code/${'MYewdgzgLgBA'.repeat(300)}`],
  ])('%s', (_, line) => {
    const {page, diagnostics} = parse(`# Words\n\n${line}\n`)

    expect(page?.markdown).toContain(line)
    expect(diagnostics).toEqual([])
  })

  test('a minified line of code is kept whole, in passages of bounded size', () => {
    const code = `{"rows":[${'{"id":1,"name":"otter"},'.repeat(2_000)}{}]}`

    const {page, fidelity} = parse(`# Rows\n\n\`\`\`json\n${code}\n\`\`\`\n`)

    const passages = page!.sections.flatMap((section) => section.passages)
    expect(
      passages
        .map(({text}) => text)
        .join('')
        .replaceAll('\n', ''),
    ).toBe(code)
    expect(Math.max(...passages.map(({words}) => words))).toBeLessThanOrEqual(200)
    expect(fidelity.keptWords).toBeGreaterThanOrEqual(fidelity.visibleWords)
  })
})

describe('control characters', () => {
  test('are removed, and reported once with their number and first line', () => {
    const parsed = parse('# Keys\n\nPress a\0b.\n\nThen \u0007c\u001b.\n')

    expect(textOf(parsed)).toBe('Press ab.\nThen c.')
    expect(parsed.diagnostics).toMatchObject([
      {rule: 'control-characters', severity: 'warning', line: 3, reason: '3 control characters were removed'},
    ])
  })

  test('that only lay out a text are not worth a word', () => {
    expect(parse('# Keys\r\n\r\nOne\u000c\tword\u0085more.\r\n').diagnostics).toEqual([])
  })
})
