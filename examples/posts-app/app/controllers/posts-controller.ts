import { injectable, NotFound } from 'contrail'
import { type Post, type PostAttributes, PostRepository } from '../repositories/post-repository.js'
import { ApplicationController } from './application-controller.js'

@injectable()
export class PostsController extends ApplicationController {
  constructor(private readonly posts: PostRepository) {
    super()
  }

  index() {
    this.render(this.posts.all())
  }

  show() {
    const post = this.findPost(this.params.int('id'))
    this.session.lastPostId = post.id
    this.render(post)
  }

  /** The session holds the id alone; the post is looked up, so it is never stale. */
  last() {
    const { lastPostId } = this.session
    if (lastPostId === undefined) throw new NotFound('No post was read or written in this session yet.')
    this.render(this.findPost(lastPostId))
  }

  create() {
    const post = this.posts.create(this.postAttributes())
    this.session.lastPostId = post.id
    this.render(post, { status: 201, headers: { location: this.pathTo('post', { id: post.id }) } })
  }

  update() {
    const post = this.findPost(this.params.int('id'))
    this.render(this.posts.update(post, this.postAttributes()))
  }

  destroy() {
    this.posts.delete(this.findPost(this.params.int('id')))
    this.head(204)
  }

  private findPost(id: number): Post {
    const post = this.posts.find(id)
    if (post === undefined) throw new NotFound(`There is no post ${id}.`)
    return post
  }

  private postAttributes(): PostAttributes {
    return { title: this.params.string('title'), body: this.params.string('body') }
  }
}
