/** The script of the page of `remote-page.ts`. */
import {obey, type RemoteCall, type RemoteReply} from './built-in-readers.ts'

declare global {
  interface Window {
    /** Of the test. */
    takeReply(reply: RemoteReply): Promise<void>
    obey(call: RemoteCall): Promise<void>
  }
}

window.obey = (call) => obey(call, (reply) => void window.takeReply(reply))
