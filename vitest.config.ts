import {defineConfig, type TestProjectConfiguration, type ViteUserConfig} from 'vitest/config'
import {BaseSequencer, type TestSpecification} from 'vitest/node'
import {alone} from './test/alone.ts'

type Plugin = NonNullable<ViteUserConfig['plugins']>[number]

/**
 * Packages as Docent is run with: Vitest otherwise asks for their development builds, which check themselves. Parsing
 * Markdown takes a third longer with them.
 */
const packagesAsRun: Plugin = {
  name: 'packages-as-run',
  configResolved({ssr, environments}) {
    for (const {resolve} of [ssr, ...Object.values(environments)]) {
      const at = resolve?.conditions?.indexOf('development|production') ?? -1
      if (at >= 0) resolve!.conditions!.splice(at, 1)
    }
  },
}

/**
 * Begins with the files that run alone, most of which take long, so that no worker has a long one left when the others
 * are done, and the others follow each other in processes that go on. Without the times of an earlier run, as on a clean
 * machine, Vitest takes a large file for a long one.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isAlone = ({project}: TestSpecification): boolean => project.name === 'alone'
    return [...sorted.filter(isAlone), ...sorted.filter((file) => !isAlone(file))]
  }
}

/** How every project runs. */
const common = {
  pool: 'forks',
  maxWorkers: 2,
  testTimeout: 60_000,
  hookTimeout: 120_000,
  teardownTimeout: 20_000,
  setupFiles: ['test/support/leave-no-trace.ts'],
} satisfies ViteUserConfig['test']

const plugins = [packagesAsRun]

/**
 * Most files share a process with those that its worker had before, since to load the sources takes longer than most
 * tests do. `leave-no-trace.ts` holds them to it that none changes what the next one finds.
 */
const projects: TestProjectConfiguration[] = [
  {plugins, test: {...common, name: 'alone', include: [...alone]}},
  {
    plugins,
    test: {
      ...common,
      name: 'shared',
      include: ['test/**/*.test.ts'],
      exclude: [...alone],
      isolate: false,
    },
  },
]

export default defineConfig({
  plugins,
  test: {
    ...common,
    globalSetup: ['test/support/build-once.ts'],
    sequence: {sequencer: LongestFirst},
    projects,
  },
})
