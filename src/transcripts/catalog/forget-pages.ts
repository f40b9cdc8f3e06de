import type {SqliteDatabase} from '../../native/index.ts'
import {hasRollUps} from '../figures/roll-ups.ts'

/** Takes pages out of a catalog: out of the sums by day, and out of what a filter can ask for where no answer has it any more. */
export function forgetPages(catalog: SqliteDatabase, isOfPage: (url: string) => boolean): void {
  const names = catalog.prepare<[], {readonly id: number; readonly name: string}>(
    "SELECT id, name FROM names WHERE kind IN ('cited', 'shown') AND answers <= 0",
  )
  const dropName = catalog.prepare('DELETE FROM names WHERE id = ?')
  catalog
    .transaction(() => {
      for (const {id, name} of names.all()) if (isOfPage(name)) dropName.run(id)
      if (!hasRollUps(catalog)) return
      const pages = catalog.prepare<[], string>('SELECT DISTINCT page FROM page_days').pluck().all()
      const dropPage = catalog.prepare('DELETE FROM page_days WHERE page = ?')
      for (const page of pages) if (isOfPage(page)) dropPage.run(page)
    })
    .immediate()
}
