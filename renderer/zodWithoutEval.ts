// Must be imported before anything that makes a schema: zod tries at that moment whether it may
// compile schemas with eval, and the window's policy would report the attempt.
import { config } from 'zod'

config({ jitless: true })
