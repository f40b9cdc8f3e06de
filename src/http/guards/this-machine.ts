import type {IncomingMessage} from 'node:http'
import {BlockList, isIP} from 'node:net'

/** Who is on this machine, as far as a request tells. */

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export function isLoopbackAddress(address: string | undefined): boolean {
  const family = isIP(address ?? '')
  return family !== 0 && loopback.check(address!, family === 4 ? 'ipv4' : 'ipv6')
}

/** Names that lead to this machine from wherever they are asked: `localhost`, what is below it, loopback addresses. */
export function isLoopbackName(name: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(name) || isLoopbackAddress(name.replace(/^\[(.*)\]$/, '$1'))
}

export interface HostHeader {
  /** In lower case; of an IPv6 address with its brackets. */
  readonly name: string
  readonly port: string | null
}

/** The `Host` a request was sent to. Null when there is none, or when it is more than a name and a port. */
export function hostOf({headers}: Pick<IncomingMessage, 'headers'>): HostHeader | null {
  const [, name, port = null] =
    /^(\[[\da-f:.]+\]|[^\s:/?#@\\[\]]+)(?::(\d{1,5}))?$/i.exec(headers.host ?? '') ?? []
  return name === undefined ? null : {name: name.toLowerCase().replace(/(?<=.)\.$/, ''), port}
}

const forwardingHeaders =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-original-.*|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-.*|fastly-.*|x-envoy-.*|x-azure-.*|x-amzn-.*|x-cloud-trace-context|x-proxyuser-ip|proxy-connection)$/

/** Whether something says that a proxy passed the request on. What a proxy adds, a script on a page can add as well. */
export function isForwarded({headers, httpVersion}: IncomingMessage): boolean {
  // nginx speaks HTTP/1.0 to what stands behind it unless it is told otherwise; browsers and scrapers do not.
  // An upgrade to nothing is what a proxy's rule for WebSockets adds to every request.
  const isBareUpgrade = /^upgrade$/i.test(headers.connection ?? '') && headers.upgrade === undefined
  return (
    httpVersion === '1.0' ||
    isBareUpgrade ||
    Object.keys(headers).some((name) => forwardingHeaders.test(name))
  )
}
