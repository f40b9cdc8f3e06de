import {defineConfig, type ViteUserConfig} from 'vitest/config'

type Plugin = NonNullable<ViteUserConfig['plugins']>[number]

/**
 * Packages as Docent is run with: Vitest otherwise asks for their development builds, which check themselves. Parsing
 * Markdown takes twice as long with them.
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

export default defineConfig({
  plugins: [packagesAsRun],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/build-once.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
  },
})
