import {moduleCodeAt} from '../module-code.ts'
import {exportsOf, type ModuleExports} from '../module-exports.ts'
import type {FlattenContext} from './flatten-context.ts'
import type {Pass} from './pass.ts'

/** Characters of its exports that a page may show in all. */
const maxShown = 4 * 1024 * 1024
/** What each use costs beside its text. */
const useCost = 200

/** Makes known what module code defines; the first of a name holds. */
export function define({exported, imports}: FlattenContext, module: ModuleExports): void {
  for (const [name, item] of module.exported) if (!exported.has(name)) exported.set(name, item)
  for (const [name, file] of module.files) if (!imports.has(name)) imports.set(name, file)
}

/** Makes known what a page defines anywhere: it may be used above. `prose` is the page without its code fences. */
export function defineAll(context: FlattenContext, prose: string): void {
  let left = 30 * prose.length
  let end = 0
  for (const {index} of prose.matchAll(/^(?:im|ex)port /gm)) {
    if (index < end || left <= 0) continue
    const {code, cost} = moduleCodeAt(prose, index)
    left -= cost
    if (!code) continue
    define(context, exportsOf(code.program, prose.slice(index, code.end)))
    end = code.end
  }
}

/** Text of exports that are named in a piece of code which cannot be read; of each only once on a page. */
export function lostIn(context: FlattenContext, code: string): string {
  if (context.exported.size === 0) return ''
  const texts: string[] = []
  const waiting = [code]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const [name] of next.matchAll(exportedName)) {
      const item = context.exported.get(name)
      if (!item || context.told.has(name)) continue
      context.told.add(name)
      texts.push(item.text)
      waiting.push(item.code)
    }
  }
  return texts.filter(Boolean).join(' ')
}

/** No member of something, and not behind a part of a name. */
const exportedName = /(?<![\p{L}\p{N}_$])(?<!(?<!\.)\.)[\p{L}_$][\p{L}\p{N}_$]*/gu

/** Whether a use of an export may show so many characters: a short page must not become one of any length. */
export function mayShow({context, line}: Pass, length: number): boolean {
  const was = context.shown
  context.shown += length + useCost
  if (context.shown <= maxShown) return true
  if (was <= maxShown) {
    const reason = 'the page shows more than 4 MB of what it exports'
    context.report('export-limit', 'warning', line, reason, 'The rest is left out.')
  }
  return false
}
