/** Asks the address it is given, and prints whether the connection kept the process alive while it was read, and after. */
import {upstreamHttp} from '../../src/generation/upstream-http.ts'

const keepsAlive = (): boolean => process.getActiveResourcesInfo().includes('TCPSocketWrap')

const response = await upstreamHttp({stallTimeoutMs: 60_000}).post(
  {url: process.argv[2] ?? '', headers: new Headers(), body: 'hello'},
  {signal: new AbortController().signal},
)
const during = keepsAlive()
while ((await response.read()) !== null);
setTimeout(() => console.log(during, keepsAlive()), 20)
