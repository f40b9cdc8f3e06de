import {type ParseSetup, type ParseTask, parseTask} from './parse-task.ts'
import {serveTasks} from './serve-tasks.ts'

serveTasks<ParseSetup, ParseTask>(async (setup) => ({
  ready: null,
  perform: async (task) => parseTask(setup, task),
}))
