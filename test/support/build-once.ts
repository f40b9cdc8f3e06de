import {ensureApp} from '../../scripts/build/ensure-app.mjs'

/** Before any test: the processes that tests start, and the child processes of sources that Vitest runs, are built. */
export default async function buildOnce(): Promise<void> {
  await ensureApp()
}
