import type {Pass} from '../flattening/pass.ts'

/** Makes a name a fragment of the page, as it is written and as Sphinx makes an id of it. */
export function addTarget(pass: Pass, name: string): void {
  pass.context.fragments.add(name)
  pass.context.fragments.add(name.toLowerCase().replace(/[^a-z0-9]+/g, '-'))
}
