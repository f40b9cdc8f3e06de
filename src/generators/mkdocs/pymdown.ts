import {capital, codeSpanOf, type Dialect, type Reading} from '../../markdown/dialect-kit.ts'
import type {InlineMark} from '../../markdown/index.ts'
import {textOr} from '../shared/config-values.ts'
import {type Config, optionsIn} from './config.ts'

/** Marks of PyMdown's extensions, where the configuration names them. */
export const pymdownMarks: Dialect = {
  name: 'pymdown-marks',
  text: [
    {starts: '+', read: readKeys},
    {starts: '=^', read: readMarked},
    {starts: '{', read: readEdit},
  ],
}

/** The marks whose extensions a configuration names. */
export function inlineMarksOf(config: Config): InlineMark[] {
  const options = (name: string): Config | null =>
    optionsIn(config['markdown_extensions'], `pymdownx.${name}`)
  const critic = options('critic')
  const mode = textOr(critic?.['mode'], 'view')
  const names = (['keys', 'mark', 'caret'] as const).filter((name) => options(name) !== null)
  if (!critic) return names
  return [...names, mode === 'accept' || mode === 'reject' ? `critic-${mode}` : 'critic-view']
}

function has({context, write}: Reading, mark: InlineMark): boolean {
  return !write.isRaw && context.syntax.inlineMarks.includes(mark)
}

/** `++ctrl+alt+"My key"++`. */
function readKeys(reading: Reading): boolean {
  const {at, write} = reading
  if (!has(reading, 'keys')) return false
  const key = String.raw`(?:[\w-]+|"[^"\n]+"|'[^'\n]+')`
  const found = new RegExp(String.raw`^\+\+(${key}(?:\+${key})*)\+\+`).exec(at.text.slice(at.p, at.p + 300))
  if (!found) return false
  const names = [...found[1]!.matchAll(new RegExp(key, 'g'))].map(([name]) => keyName(name))
  reading.note('keys', 'flattened')
  write.put(codeSpanOf(names.join('+')))
  at.skip(found[0].length)
  return true
}

function keyName(name: string): string {
  return /^["']/.test(name) ? name.slice(1, -1) : name.split('-').map(capital).join(' ')
}

/** `==marked==`, `^^inserted^^`. */
function readMarked(reading: Reading): boolean {
  const {at, write} = reading
  if (!has(reading, at.text[at.p] === '=' ? 'mark' : 'caret')) return false
  const found = /^(==|\^\^)(?![\s=^])((?:(?!\n[ \t]*\n)[\s\S]){1,1000}?)(?<![\s=^])\1(?![=^])/.exec(
    at.text.slice(at.p, at.p + 1010),
  )
  if (!found) return false
  reading.note('mark', 'flattened')
  at.advance(at.p + found[0].length)
  write.put(reading.inline(found[2]!, false))
  return true
}

/** An edit of CriticMarkup. */
function readEdit(reading: Reading): boolean {
  const {at, write} = reading
  const mark = (['critic-view', 'critic-accept', 'critic-reject'] as const).find((name) => has(reading, name))
  if (!mark) return false
  const found =
    /^\{(?:--([\s\S]+?)--|\+\+([\s\S]+?)\+\+|~~([\s\S]*?)~>([\s\S]*?)~~|==([\s\S]+?)==|>>([\s\S]+?)<<)\}/.exec(
      at.text.slice(at.p, at.p + 2000),
    )
  if (!found || /\n[ \t]*\n/.test(found[0])) return false
  const [whole, deleted, added, before, after, marked, comment] = found
  const show = (text = ''): string =>
    text.replace(/^(\s*)([\s\S]*?)(\s*)$/, (_, start, words, end) =>
      [start && ' ', reading.inline(words, false), end && ' '].join(''),
    )
  const isView = mark === 'critic-view'
  const out = mark === 'critic-reject' ? '' : show(added ?? after)
  const gone = mark === 'critic-accept' ? '' : show(deleted ?? before)
  reading.note('critic', 'flattened')
  at.advance(at.p + whole.length)
  write.put(isView && gone.trim() !== '' ? `~~${gone.trim()}~~${out && ` ${out.trimStart()}`}` : gone + out)
  write.put(show(marked))
  if (comment !== undefined && isView)
    write.put(`${/[\s(]/.test(write.lastCharacter || ' ') ? '' : ' '}(${show(comment).trim()})`)
  if (out + gone === '' && marked === undefined && /[ \t]/.test(write.lastCharacter)) at.skipSpace()
  return true
}
