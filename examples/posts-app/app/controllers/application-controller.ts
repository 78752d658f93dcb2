import { Controller } from 'contrail'
import '../session.js'

export class ApplicationController extends Controller {}
