import suite from '../../../vitest.config.ts'

/** All kinds of sites; the suite has three of them. */
export default {
  ...suite,
  test: {...suite.test, projects: undefined, include: ['test/web/sites/*.{test,more}.ts'], maxWorkers: 1},
}
