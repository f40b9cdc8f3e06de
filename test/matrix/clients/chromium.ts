import {join} from 'node:path'
import {chromiumPath, startBrowsers} from '../../support/chromium.ts'
import {temporaryFolder} from '../programs.ts'
import {webSocketSees} from './by-web-socket.ts'
import type {ClientLibrary} from './client.ts'
import {bundle} from './remote/bundled.ts'
import {remoteReaders} from './remote/remote-readers.ts'

/** A page of another origin than the server's, with what a browser has built in. */
export const chromium: ClientLibrary = {
  name: 'chromium',
  versions: ['installed'],
  smoke: null,
  missing: () => (chromiumPath === null ? 'needs Chromium' : null),
  async readers({pageUrl, atEnd}) {
    const script = join(temporaryFolder('chromium'), 'client.js')
    await bundle('in-page.ts', 'browser', script)
    const browsers = startBrowsers()
    atEnd(() => browsers.close())
    const page = await (await browsers.open()).newPage()
    const {readers, takeReply} = remoteReaders({
      socketSees: webSocketSees,
      // A page of another origin asks first whether it may ask.
      requestsToBegin: 2,
      send: (call) => void page.evaluate((it) => window.obey(it), call),
    })
    await page.exposeFunction('takeReply', takeReply)
    await page.goto(pageUrl)
    await page.addScriptTag({path: script})
    return readers
  },
}
