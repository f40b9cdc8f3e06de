import {DocentConsole} from './app.ts'
import {Join} from './join.ts'
import {MyToken} from './people/my-token.ts'
import {Secret} from './people/secret.ts'
import {SignIn} from './sign-in.ts'

customElements.define('docent-sign-in', SignIn)
customElements.define('docent-join', Join)
customElements.define('docent-secret', Secret)
customElements.define('docent-my-token', MyToken)
customElements.define('docent-console', DocentConsole)
