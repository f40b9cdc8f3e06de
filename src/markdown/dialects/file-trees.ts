import type {Reading} from '../flattening/reading.ts'
import {attributeOf} from '../jsx-text.ts'
import type {Tag} from '../tags.ts'
import {openComponent} from './elements.ts'
import {escapedText} from './markdown-text.ts'

const fileName = /(?:^|\.)(?:File|Folder)$/
const folderName = /(?:^|\.)Folder$/

/** The name that a file or folder of a drawn tree shows; null for any other component. */
export function fileOf(tag: Tag): string | null {
  return fileName.test(tag.name) ? (attributeOf(tag, 'name') ?? attributeOf(tag, 'label')) : null
}

/** `<Folder name="app">` and `<File name="page.tsx" />` as items of a list, as deep as their folders are. */
export function showFile(reading: Reading, tag: Tag, name: string): true {
  const {at, write, containers} = reading
  reading.note(`jsx:${tag.name}`, 'flattened')
  const indent = '  '.repeat(
    containers.count(({kind, name: open}) => kind === 'element' && folderName.test(open)),
  )
  if (!/^\s*- /.test(write.lastLine)) write.break()
  write.line(`${indent}- ${escapedText(name)}`)
  at.advance(tag.end)
  write.leaveNoLine()
  if (tag.kind === 'open') openComponent(reading, tag, {})
  at.skipSpace()
  return true
}
