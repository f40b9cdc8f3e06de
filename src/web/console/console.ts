import {DocentConsole} from './app.ts'
import {Join} from './join.ts'
import {SignIn} from './sign-in.ts'

customElements.define('docent-sign-in', SignIn)
customElements.define('docent-join', Join)
customElements.define('docent-console', DocentConsole)
