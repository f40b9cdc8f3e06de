import type {IncomingMessage} from 'node:http'
import {BlockList, isIP} from 'node:net'

/** Whether a request comes from this machine, as far as its address and headers show. */

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export function isLoopbackAddress(address: string | undefined): boolean {
  const family = isIP(address ?? '')
  return family !== 0 && loopback.check(address!, family === 4 ? 'ipv4' : 'ipv6')
}

/** Whether a name always resolves to the machine itself: `localhost`, its subdomains, loopback addresses. */
export function isLoopbackName(name: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(name) || isLoopbackAddress(name.replace(/^\[(.*)\]$/, '$1'))
}

export interface HostHeader {
  /** In lower case; an IPv6 address with its brackets. */
  readonly name: string
  readonly port: string | null
}

/** The `Host` of a request. Null if it is missing, or more than a name and a port. */
export function hostOf({headers}: Pick<IncomingMessage, 'headers'>): HostHeader | null {
  const [, name, port = null] =
    /^(\[[\da-f:.]+\]|[^\s:/?#@\\[\]]+)(?::(\d{1,5}))?$/i.exec(headers.host ?? '') ?? []
  return name === undefined ? null : {name: name.toLowerCase().replace(/(?<=.)\.$/, ''), port}
}

const forwardingHeaders =
  /^(?:forwarded|via|x-forwarded(?:-.*)?|x-original-.*|x-real-ip|x-client-ip|x-cluster-client-ip|true-client-ip|cf-.*|fastly-.*|x-envoy-.*|x-azure-.*|x-amzn-.*|x-cloud-trace-context|x-proxyuser-ip|proxy-connection)$/

/** Whether the request seems to come through a proxy. A script on a page can add the same headers. */
export function isForwarded({headers, httpVersion}: IncomingMessage): boolean {
  // By default nginx uses HTTP/1.0 for upstream requests; browsers and scrapers do not.
  // `Connection: upgrade` without `Upgrade` is what a proxy rule for WebSockets adds to every request.
  const isBareUpgrade = /^upgrade$/i.test(headers.connection ?? '') && headers.upgrade === undefined
  return (
    httpVersion === '1.0' ||
    isBareUpgrade ||
    Object.keys(headers).some((name) => forwardingHeaders.test(name))
  )
}
