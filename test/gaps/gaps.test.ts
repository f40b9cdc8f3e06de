import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {openGroupingStore} from '../../src/gaps/grouping/grouping-store.ts'
import {openGaps} from '../../src/gaps/index.ts'
import {gapsContract} from '../contracts/gaps.contract.ts'

gapsContract('a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'docent-gaps-'))
  const file = join(folder, 'gaps.sqlite')
  return {
    open: async (now) => openGaps({file, now}),
    openGrouping: async () => openGroupingStore({file}),
    answer: async () => {},
    close: async () => rmSync(folder, {recursive: true, force: true}),
  }
})
