import {expect, test} from 'vitest'
import {tasksIn} from '../../scripts/bench/page-tasks.ts'

const main = {ph: 'X', pid: 7, tid: 1, args: {}}
const named = (pid: number, tid: number, name: string) => ({
  ...{ph: 'M', name: 'thread_name', pid, tid, ts: 0, args: {name}},
})
const task = (atMs: number, ms: number, cpuMs = ms) => ({
  ...{...main, name: 'ThreadControllerImpl::RunTask', ts: atMs * 1_000},
  ...{dur: ms * 1_000, tdur: cpuMs * 1_000},
})
const step = (name: string, atMs: number, ms: number) => ({...task(atMs, ms), name})

test('a long task is counted by its CPU time, and its script is what neither style, layout nor painting took', () => {
  const measured = tasksIn([
    named(7, 1, 'CrRendererMain'),
    named(7, 2, 'Compositor'),
    // Waited for the processor.
    task(0, 90, 20),
    task(100, 80),
    step('FunctionCall', 100, 70),
    step('Layout', 110, 40),
    step('UpdateLayoutTree', 112, 10),
    task(200, 60),
    step('FunctionCall', 200, 60),
    // The task of a task.
    {...task(201, 55), name: 'RunTask'},
    {...task(300, 500), tid: 2},
  ])

  expect(measured).toEqual({
    tasks: 3,
    longTasks: 2,
    longScripts: 1,
    longestScriptMs: 60,
    scriptShare: 100 / 140,
  })
})

test('a page without a long task has no share of script in them', () => {
  expect(tasksIn([named(7, 1, 'CrRendererMain'), task(0, 10)])).toMatchObject({
    longTasks: 0,
    scriptShare: null,
  })
})
