# AWS's own Python image with the layer in it. `layer/` is the unpacked layer, `src/` the function.
FROM public.ecr.aws/lambda/python:3.12

COPY layer/ /opt/
ENV AWS_LAMBDA_EXEC_WRAPPER=/opt/bootstrap

COPY src/ ${LAMBDA_TASK_ROOT}/
CMD ["app.lambda_handler"]
