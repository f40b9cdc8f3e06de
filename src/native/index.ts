export {importNative, isNotInstalled, requireNative} from './native-package.ts'
export {openSqlite, type SqliteDatabase} from './sqlite.ts'
