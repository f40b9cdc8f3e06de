import {constants, setPriority} from 'node:os'
import {serveTasks} from '../../processes/index.ts'
import {type HandoverView, handoverPage, type TextForm} from './handover-page.ts'

export interface HandoverTask {
  readonly view: HandoverView
  readonly form: TextForm
}

serveTasks<null, HandoverTask>(async () => {
  // If there are fewer cores than processes, answers have priority.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  return {ready: null, perform: async ({view, form}) => handoverPage(view, form)}
})
