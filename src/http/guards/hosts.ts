import type {IncomingMessage} from 'node:http'
import {isIP} from 'node:net'
import {DocentError} from '../../domain/index.ts'
import {hostOf, isForwarded, isLoopbackAddress, isLoopbackName} from './this-machine.ts'

export interface HostOptions {
  /** Address the server listens on. */
  readonly host: string
  /** Hosts it answers for, `*` for any; empty: decided by where a request comes from. */
  readonly allowedHosts?: readonly string[]
  readonly siteUrl?: string | null
}

/**
 * Refuses requests for hosts that are not this server's. A page of an attacker whose name was pointed at this machine
 * (DNS rebinding) counts as one of our own pages for a browser and for us: only the name in `Host` gives it away.
 *
 * Without a list, a server that listens on this machine alone answers browsers here by names that no stranger can
 * point anywhere: those of this machine, addresses, and names without a dot.
 * Behind a proxy every name passes, as long as it is one that browsers reach the proxy by: a browser that talks to us
 * without one sends our own port along, whatever headers its page adds.
 * @throws DocentError `host_not_allowed`.
 */
export function hostGuard({host, allowedHosts = [], siteUrl = null}: HostOptions) {
  const own = [
    host.includes(':') ? `[${host.toLowerCase()}]` : host.toLowerCase(),
    siteUrl === null ? null : new URL(siteUrl).hostname,
  ]
  const isLocalServer = isLoopbackName(host)

  return (request: IncomingMessage): void => {
    const asked = hostOf(request)
    if (asked !== null && (isLoopbackName(asked.name) || own.includes(asked.name))) return
    const isAllowed =
      allowedHosts.length > 0
        ? allowedHosts.includes('*') ||
          (asked !== null &&
            (allowedHosts.includes(asked.name) || allowedHosts.includes(`${asked.name}:${asked.port}`)))
        : !isLocalServer ||
          !isLoopbackAddress(request.socket.remoteAddress) ||
          request.headers.host === undefined ||
          (asked !== null && isNobodys(asked.name)) ||
          isBehindProxy()
    if (isAllowed) return
    throw new DocentError(
      'host_not_allowed',
      'This server does not answer for this host name. ALLOWED_HOSTS lists those it answers for.',
    )

    function isBehindProxy(): boolean {
      return isForwarded(request) && Number(asked?.port ?? 80) !== request.socket.localPort
    }
  }
}

/** Whether a name is none that somebody could register: an address, or one that only a local network or a hosts file has. */
function isNobodys(name: string): boolean {
  return name.startsWith('[') || isIP(name) !== 0 || !name.replace(/\.$/, '').includes('.')
}
