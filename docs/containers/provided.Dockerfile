# AWS's image without a language, with the layer as its runtime. `layer/` is the unpacked layer, `src/` the function.
FROM public.ecr.aws/lambda/provided:al2023

RUN dnf install -y python3.12 && dnf clean all
ENV UNUM_PYTHON=/usr/bin/python3.12

COPY layer/ /opt/
# The image's entry point names the handler and starts what is here.
RUN ln -s /opt/bootstrap ${LAMBDA_RUNTIME_DIR}/bootstrap

COPY src/ ${LAMBDA_TASK_ROOT}/
CMD ["app.lambda_handler"]
