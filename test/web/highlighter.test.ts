import {describe, expect, test} from 'vitest'
import {highlight, isPrepared, preparing} from '../../src/lib/highlight-code.ts'
import {highlightPrepared, whenPrepared} from '../../src/web/pieces/highlighter.ts'
import {type RenderNode, textOf} from '../../src/web/render/tree.ts'

/** Each coloured word with the name of its colour. */
function coloured(nodes: readonly RenderNode[]): [name: string, words: string][] {
  return nodes.flatMap((node): [string, string][] =>
    typeof node === 'string'
      ? []
      : [[node.attributes['class'] ?? '', textOf(node.children)], ...coloured(node.children)],
  )
}

describe('the highlighter', () => {
  test.each([
    ['bash', 'if [ -f x ]; then echo "$HOME"; fi', 'hl-keyword', 'if'],
    ['c', 'int main(void) { return 0; }', 'hl-keyword', 'return'],
    ['cpp', 'auto x = std::move(y);', 'hl-keyword', 'auto'],
    ['csharp', 'using System;', 'hl-keyword', 'using'],
    ['css', 'a:hover { color: #fff; }', 'hl-attribute', 'color'],
    ['diff', '+ added', 'hl-addition', '+ added'],
    ['dockerfile', 'FROM node:20', 'hl-keyword', 'FROM'],
    ['go', 'func main() {}', 'hl-keyword', 'func'],
    ['graphql', 'query { me }', 'hl-keyword', 'query'],
    ['html', '<a href="x">', 'hl-attr', 'href'],
    ['http', 'GET /docs HTTP/1.1', 'hl-keyword', 'GET'],
    ['ini', '[server]', 'hl-section', '[server]'],
    ['java', 'public class A {}', 'hl-keyword', 'class'],
    ['javascript', 'const a = 1', 'hl-keyword', 'const'],
    ['json', '{"a": 1}', 'hl-attr', '"a"'],
    ['jsx', 'const a = <b/>', 'hl-keyword', 'const'],
    ['kotlin', 'fun main() {}', 'hl-keyword', 'fun'],
    ['makefile', 'a:\n\t$(CC)', 'hl-variable', '$(CC)'],
    ['php', '<?php echo 1;', 'hl-keyword', 'echo'],
    ['powershell', '$a = Get-Item x', 'hl-variable', '$a'],
    ['python', 'def f(): pass', 'hl-keyword', 'def'],
    ['ruby', 'def f; end', 'hl-keyword', 'def'],
    ['rust', 'fn main() {}', 'hl-keyword', 'fn'],
    ['sh', 'export A=1', 'hl-built_in', 'export'],
    ['sql', 'SELECT 1', 'hl-keyword', 'SELECT'],
    ['toml', 'a = "b"', 'hl-attr', 'a'],
    ['ts', 'type A = string', 'hl-keyword', 'type'],
    ['xml', '<a/>', 'hl-name', 'a'],
    ['yaml', 'a: 1', 'hl-attr', 'a:'],
  ])('knows %s, and keeps its text', (language, code, name, words) => {
    const nodes = highlight(code, language)

    expect(textOf(nodes)).toBe(code)
    expect(coloured(nodes)).toContainEqual([name, words])
  })

  test('a selector with a colon is no property, and a property as new as its page is one', () => {
    const names = coloured(highlight('.a:is(b, c) {\n  reading-flow: flex-visual;\n}', 'css'))

    expect(names).toContainEqual(['hl-meta', ':is'])
    expect(names).toContainEqual(['hl-attribute', 'reading-flow'])
  })

  test('style and script inside HTML have their own colours', () => {
    const names = coloured(highlight('<style>a { color: red; }</style><script>let a</script>', 'html'))

    expect(names).toContainEqual(['hl-attribute', 'color'])
    expect(names).toContainEqual(['hl-keyword', 'let'])
  })

  test('elements inside JavaScript have the colours of elements', () => {
    const names = coloured(highlight('const a = <b c="d">e</b>', 'tsx'))

    expect(names).toContainEqual(['hl-attr', 'c'])
  })

  test('what is in no known language, or very long, stays as it is', () => {
    const long = 'const a = 1\n'.repeat(1_001)

    expect(highlight('const a', 'cobol')).toEqual(['const a'])
    expect(highlight(long, 'js')).toEqual([long])
  })
})

describe('a language used for the first time', () => {
  test('is plain until it was prepared in other tasks, then has the same colours as ever', async () => {
    const code = 'fn main() {\n  let port = 80;\n}'

    expect(highlightPrepared(code, 'rust')).toBeNull()
    await whenPrepared()

    expect(highlightPrepared(code, 'rust')).toEqual(highlight(code, 'rust'))
    expect(highlightPrepared(code, 'rs')).not.toBeNull()
  })

  test('is prepared in steps of one grammar or one line, of long code only the beginning', () => {
    const stepsFor = (code: string): number => [...preparing(code, 'ts')].length
    const line = 'const a: string = "b"\n'

    const [few, more, most] = [stepsFor(line), stepsFor(line.repeat(11)), stepsFor(line.repeat(1_000))]

    expect(more - few).toBe(10)
    expect(most).toBeLessThan(60)
    expect(isPrepared('typescript')).toBe(true)
  })

  test('that nobody knows has nothing to wait for', () => {
    expect(highlightPrepared('MOVE A TO B', 'cobol')).toEqual(['MOVE A TO B'])
  })
})
