import {emptyWriteAheadLog, type SmallDatabase} from '../native/index.ts'
import type {GapSection} from './gap.ts'

interface NamingRow {
  readonly id: string
  readonly nearest: string
  readonly closed_section: string | null
}

interface ClosingRow {
  readonly id: number
  readonly gap: string
  readonly detail: string
}

/** What a gap names without sections of a page; null where it names none of them. */
export function sectionsWithout(
  {nearest, closed_section: closing}: Pick<NamingRow, 'nearest' | 'closed_section'>,
  isOfPage: (url: string) => boolean,
): Pick<NamingRow, 'nearest' | 'closed_section'> | null {
  const sections = JSON.parse(nearest) as GapSection[]
  const left = sections.filter(({url}) => !isOfPage(url))
  const wasClosedByIt = closing !== null && isOfPage((JSON.parse(closing) as GapSection).url)
  if (left.length === sections.length && !wasClosedByIt) return null
  return {nearest: JSON.stringify(left), closed_section: wasClosedByIt ? null : closing}
}

/** Takes sections of a page out of what gaps name: those near them, those that closed them, and their history. */
export function prepareForgettingPage({
  db,
  change,
}: SmallDatabase): (isOfPage: (url: string) => boolean) => Promise<number> {
  const naming = db.prepare<[], NamingRow>(
    "SELECT id, nearest, closed_section FROM gaps WHERE nearest <> '[]' OR closed_section IS NOT NULL",
  )
  const keep = db.prepare('UPDATE gaps SET nearest = ?, closed_section = ? WHERE id = ?')
  const closings = db.prepare<[], ClosingRow>(
    "SELECT id, gap, detail FROM history WHERE what = 'closed' AND detail IS NOT NULL",
  )
  const keepClosing = db.prepare('UPDATE history SET detail = NULL WHERE id = ?')

  return async (isOfPage) => {
    const gaps = await change(() => {
      const changed = new Set<string>()
      for (const row of naming.all()) {
        const left = sectionsWithout(row, isOfPage)
        if (left === null) continue
        keep.run(left.nearest, left.closed_section, row.id)
        changed.add(row.id)
      }
      for (const {id, gap, detail} of closings.all()) {
        if (!isOfPage(detail)) continue
        keepClosing.run(id)
        changed.add(gap)
      }
      return changed.size
    })
    // Also of what a grouping has replaced.
    emptyWriteAheadLog(db)
    return gaps
  }
}
