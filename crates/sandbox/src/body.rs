//! The body of an answer on its way out: whole, or cut short on purpose.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

/// How long the first half has to leave before the connection ends. A body
/// that fails at once takes what was not yet written with it.
const TIME_TO_LEAVE: Duration = Duration::from_millis(50);

/// One piece of data, and perhaps an end that is a failure.
pub(super) struct AnswerBody {
    data: Option<Bytes>,
    cut: Option<Pin<Box<Sleep>>>,
}

impl AnswerBody {
    /// The whole body.
    pub(super) fn whole(body: Vec<u8>) -> Self {
        Self { data: Some(Bytes::from(body)).filter(|body| !body.is_empty()), cut: None }
    }

    /// The first half, and then a failure that ends the connection.
    pub(super) fn cut(mut body: Vec<u8>) -> Self {
        body.truncate(body.len() / 2);
        Self { cut: Some(Box::pin(sleep(TIME_TO_LEAVE))), ..Self::whole(body) }
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        let Some(cut) = &mut self.cut else { return Poll::Ready(None) };
        ready!(cut.as_mut().poll(context));
        Poll::Ready(Some(Err(io::Error::other("cut short on purpose"))))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.cut.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.data.as_ref().map_or(0, |data| data.len() as u64);
        if self.cut.is_none() { SizeHint::with_exact(length) } else { SizeHint::default() }
    }
}
