import {moduleCodeAt} from '../module-code.ts'
import {exportsOf, type ModuleExports} from '../module-exports.ts'
import type {FlattenContext} from './flatten-context.ts'
import type {Reading} from './reading.ts'

/** Maximum number of characters that a page may show of its exports, in total. */
export const maxShown = 4 * 1024 * 1024
/** Counted for each use, in addition to its text. */
const useCost = 200

/** Registers what module code defines; the first definition of a name counts. */
export function define({exported, imports}: FlattenContext, module: ModuleExports): void {
  for (const [name, item] of module.exported) if (!exported.has(name)) exported.set(name, item)
  for (const [name, file] of module.files) if (!imports.has(name)) imports.set(name, file)
}

/** Registers everything that a page defines, because it may be used above its definition. `prose` is the page without code fences. */
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

/** Text of the exports that a piece of unreadable code refers to; each export counts only once for a page. */
export function lostIn(context: FlattenContext, code: string): string {
  if (context.exported.size === 0) return ''
  const texts: string[] = []
  const pending = [code]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const [name] of next.matchAll(exportedName)) {
      const item = context.exported.get(name)
      if (!item || context.reportedExports.has(name)) continue
      context.reportedExports.add(name)
      texts.push(item.text)
      pending.push(item.code)
    }
  }
  return texts.filter(Boolean).join(' ')
}

/** A whole name that is not a member of something. */
const exportedName = /(?<![\p{L}\p{N}_$])(?<!(?<!\.)\.)[\p{L}_$][\p{L}\p{N}_$]*/gu

/** Whether a use of an export may show `length` more characters: a short page must not become arbitrarily long. */
export function mayShow({context, at}: Reading, length: number): boolean {
  const {shown} = context
  const wasSpent = shown.isOverdrawn
  shown.spend(length + useCost)
  if (!shown.isOverdrawn) return true
  if (!wasSpent) {
    const reason = 'the page shows more than 4 MB of what it exports'
    context.report('export-limit', 'warning', at.line, reason, 'The rest is left out.')
  }
  return false
}
