// Runs the built app: npm run build && npm start. In development, contrail server does without it.
import { loadApplication } from 'contrail'

const app = await loadApplication(import.meta.dirname)
await app.listen()
