import {defineConfig, type ViteUserConfig} from 'vitest/config'
import {BaseSequencer, type TestSpecification} from 'vitest/node'

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

/** Small files that take long: they build sites or the app, or start many processes. */
const longFiles = /\/test\/(?:web\/sites|build)\/|\/(?:busy-machine|crash|sources-process)\.test\.ts$/

/**
 * Begins with what takes longest, so that no worker has a long file left when the others are done. Without the times of an
 * earlier run, as on a clean machine, Vitest takes a large file for a long one.
 */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const isLong = ({moduleId}: TestSpecification): boolean => longFiles.test(moduleId)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  plugins: [packagesAsRun],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts'],
    sequence: {sequencer: LongestFirst},
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
})
