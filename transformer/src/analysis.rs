//! What the source says: one question per file.

pub mod constants;
pub mod event_reads;
pub mod fields;
pub mod publish_points;
pub mod response_shape;
pub mod surroundings;
pub mod uses;
pub mod variables;
pub mod walk;
mod work;
