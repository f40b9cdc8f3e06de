import {ensureApp} from '../../scripts/build/ensure-app.mjs'

/** Runs before all tests: builds the app, whose programs tests start directly or as child processes of the sources. */
export default async function buildOnce(): Promise<void> {
  await ensureApp()
}
