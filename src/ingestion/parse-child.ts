import {serveTasks} from '../processes/index.ts'
import {type ParseSetup, type ParseTask, parseTask} from './parse-task.ts'

serveTasks<ParseSetup, ParseTask>(async (setup) => ({
  ready: null,
  perform: async (task) => parseTask(setup, task),
}))
