"""What the service accepts: models of the bodies and queries of files, uploads and vector stores."""
